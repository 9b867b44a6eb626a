import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from partnership.outbox import queries
from partnership.outbox.models import Message
from partnership.outbox.notices import Notice, enqueue
from tests.factories.schools import UserFactory
from tests.outbox.conftest import CHILD, FRIDAY, Bench

Make = Callable[..., Notice]
pytestmark = pytest.mark.django_db
LIST = "/inbox/"


@pytest.fixture
def at_home(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def stranger(user: User) -> Client:
    client = Client()
    client.force_login(UserFactory.create())
    return client


def test_an_empty_inbox_tells_what_will_stand_here(at_home: Client) -> None:
    page = at_home.get(LIST)
    assert page.status_code == 200
    assert "Nothing waits for you" in page.text


def test_the_signed_out_are_sent_to_the_door(client: Client) -> None:
    for url in (LIST, reverse("inbox:open", args=[uuid.uuid4()])):
        assert client.get(url).status_code == 302
    assert client.post(reverse("inbox:read_all")).status_code == 302


def test_a_message_stands_in_words_and_in_the_count(at_home: Client, bench: Bench, notice: Make) -> None:
    enqueue(notice())
    page = at_home.get(LIST)
    assert CHILD in page.text
    assert "A handover waits for you" in page.text
    assert "Not read yet" in page.text
    assert "Friday 20 November" in page.text
    assert "1 unread" in " ".join(page.text.replace('<span class="govuk-visually-hidden">', "").split())


def test_opening_marks_it_read_and_leads_on(at_home: Client, bench: Bench, notice: Make) -> None:
    enqueue(notice())
    message = Message.objects.get()
    answer = at_home.get(reverse("inbox:open", args=[message.pk]))
    assert (answer.status_code, answer["Location"]) == (302, "/joining/")
    message.refresh_from_db()
    assert message.read_at is not None
    first = message.read_at
    at_home.get(reverse("inbox:open", args=[message.pk]))
    message.refresh_from_db()
    assert message.read_at == first
    assert "Not read yet" not in at_home.get(LIST).text


def test_another_s_message_is_not_found(stranger: Client, bench: Bench, notice: Make) -> None:
    enqueue(notice())
    message = Message.objects.get()
    assert stranger.get(reverse("inbox:open", args=[message.pk])).status_code == 404
    assert CHILD not in stranger.get(LIST).text
    stranger.post(reverse("inbox:read_all"))
    message.refresh_from_db()
    assert message.read_at is None


def test_mark_all_read(at_home: Client, bench: Bench, notice: Make) -> None:
    enqueue(notice(), notice(), notice("tomorrow", due_at=timezone.now() + timedelta(days=1)))
    assert at_home.get(reverse("inbox:read_all")).status_code == 405
    assert at_home.post(reverse("inbox:read_all")).status_code == 302
    assert Message.objects.get(read_at__isnull=True).key == "tomorrow"


def test_what_no_longer_holds_leaves_the_inbox(at_home: Client, bench: Bench, notice: Make) -> None:
    enqueue(notice("over"), notice("so"))
    bench.untrue.add("over")
    assert at_home.get(LIST).text.count(CHILD) == 1
    assert Message.objects.get(key="over").dropped_reason == "No longer so"
    assert at_home.get(reverse("inbox:open", args=[Message.objects.get(key="over").pk])).status_code == 404


def test_what_is_over_when_opened_says_so(at_home: Client, bench: Bench, notice: Make) -> None:
    enqueue(notice("over"))
    bench.untrue.add("over")
    page = at_home.get(reverse("inbox:open", args=[Message.objects.get().pk]), follow=True)
    assert "That is no longer so" in page.text


def test_one_faulty_message_does_not_shut_the_inbox(at_home: Client, bench: Bench, notice: Make) -> None:
    enqueue(notice("bad"), notice("good"))
    bench.faulty.add("bad")
    page = at_home.get(LIST)
    assert page.text.count(CHILD) == 1
    assert "A message that cannot be shown" in page.text
    assert Message.objects.get(key="bad").dropped_reason == ""
    assert at_home.get(reverse("inbox:open", args=[Message.objects.get(key="bad").pk])).status_code == 302


def test_unread_first_then_by_day(at_home: Client, bench: Bench, notice: Make) -> None:
    enqueue(notice("read", due_at=FRIDAY), notice("unread", due_at=FRIDAY - timedelta(days=4)))
    Message.objects.filter(key="read").update(read_at=FRIDAY)
    text = at_home.get(LIST).text
    assert text.index("Not read yet") < text.index("Monday 16 November") < text.index("Friday 20 November")


def test_long_inboxes_have_pages(at_home: Client, bench: Bench, notice: Make) -> None:
    enqueue(*(notice() for _ in range(30)))
    assert at_home.get(LIST).text.count(CHILD) == 25
    assert at_home.get(LIST, {"page": 2}).text.count(CHILD) == 5
    assert at_home.get(LIST, {"page": "x"}).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_as_often_for_one_as_for_many(
    at_home: Client,
    bench: Bench,
    notice: Make,
    number: int,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    enqueue(*(notice() for _ in range(number)))
    at_home.get(LIST)
    with django_assert_max_num_queries(22):
        at_home.get(LIST)


def test_the_count_is_one_small_query(
    bench: Bench, notice: Make, user: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    enqueue(notice(), notice(), notice("later", due_at=timezone.now() + timedelta(days=1)))
    with django_assert_num_queries(1):
        assert queries.unread_now(Viewer(user_id=user.pk)) == 2
    with django_assert_num_queries(0):
        assert queries.unread_now(Viewer()) == 0

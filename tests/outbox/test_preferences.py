"""What a person wishes of their mail, and that it is kept to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from partnership.access import rls
from partnership.accounts.models import User
from partnership.outbox import actions, reminders
from partnership.outbox.collect import make_mail
from partnership.outbox.deliver import deliver
from partnership.outbox.enums import Urgency, Way
from partnership.outbox.models import Choice, Delivery, Message, Preference
from partnership.outbox.notices import Notice, enqueue
from partnership.outbox.topics import Topic
from schools.enums import Role
from tests.cast import Cast, SignIn
from tests.factories.schools import PostFactory, UserFactory
from tests.outbox.conftest import FRIDAY, Bench

pytestmark = pytest.mark.django_db

Make = Callable[..., Notice]
WEEK = timedelta(days=7)
NEWS = Topic("tests.news", "News of the tests", usual=Way.NOW)
FIRM = Topic("tests.firm", "Called off in the tests", firm="It comes at once.", usual=Way.NOW)


@pytest.fixture
def kinds(bench: Bench) -> Iterator[None]:
    reminders.register("tests.news", render=bench.render, topic=NEWS)
    reminders.register("tests.off", render=bench.render, topic=FIRM, any_hour=True)
    yield
    for kind in ("tests.news", "tests.off"):
        reminders.unregister(kind)


def wish(
    user: User, *, day: int = 5, at: time = time(10), quiet: tuple[time, time] | None = None, **ways: Way
) -> None:
    """As the app, in the person's own context."""
    begins, ends = quiet or (None, None)
    with rls.acting_as(user.pk, mfa=False) as viewer:
        actions.set_preferences(
            by=viewer, digest_day=day, digest_at=at, quiet_from=begins, quiet_until=ends,
            ways={f"tests.{topic}": way for topic, way in ways.items()},
        )  # fmt: skip


def news(user: User, key: str = "n", kind: str = "tests.news") -> Notice:
    return Notice(key, kind, user.pk, FRIDAY, urgency=Urgency.NOW)


def test_everyone_has_one_digest_a_week_on_their_own_day(bench: Bench, notice: Make, user: User) -> None:
    other: User = UserFactory.create()
    wish(other, day=3, at=time(8))
    enqueue(notice(), notice(), notice(to=other))
    assert make_mail(at=FRIDAY) == 1
    assert Delivery.objects.get().recipient == user
    wednesday = FRIDAY.replace(hour=8) + timedelta(days=5)
    assert make_mail(at=wednesday - timedelta(minutes=1)) == 0
    assert make_mail(at=wednesday) == 1


def test_nothing_due_is_no_mail(bench: Bench, user: User) -> None:
    wish(user)
    assert make_mail(at=FRIDAY) == 0
    assert not Delivery.objects.exists()


def test_what_is_true_no_more_on_the_day_is_left_out(
    bench: Bench, notice: Make, mailoutbox: list[Any]
) -> None:
    enqueue(notice("gone"), notice("stands"))
    make_mail(at=FRIDAY)
    bench.untrue.add("gone")
    deliver(clock=lambda: FRIDAY)
    assert [mail.subject for mail in mailoutbox] == ["A handover waits for you"]


@pytest.mark.parametrize(
    ("way", "at_once", "in_a_week"), [(Way.NOW, 1, 0), (Way.DIGEST, 0, 1), (Way.INBOX, 0, 0)]
)
def test_a_topic_comes_as_chosen(kinds: None, user: User, way: Way, at_once: int, in_a_week: int) -> None:
    wish(user, news=way)
    enqueue(news(user))
    later = FRIDAY + timedelta(hours=1)
    assert make_mail(at=later) == at_once
    assert make_mail(at=FRIDAY + WEEK) == in_a_week
    assert Message.objects.get().dropped_reason == "", "the inbox has it in any case"


def test_what_is_firm_comes_at_once_whatever_is_chosen(kinds: None, user: User) -> None:
    wish(user, firm=Way.INBOX)
    enqueue(news(user, kind="tests.off"))
    assert make_mail(at=FRIDAY + timedelta(days=1)) == 1


def test_another_day_holds_for_what_waits_already(bench: Bench, notice: Make, user: User) -> None:
    enqueue(notice(due_at=FRIDAY + timedelta(hours=1)))
    make_mail(at=FRIDAY + timedelta(hours=1))
    wish(user, day=1, at=time(9))
    monday = FRIDAY.replace(hour=9) + timedelta(days=3)
    make_mail(at=FRIDAY + timedelta(hours=2))
    assert make_mail(at=monday) == 1


@pytest.mark.parametrize(
    ("quiet", "goes"),
    [
        ((time(9), time(11)), 0),
        ((time(8), time(10)), 1),
        ((time(17), time(12)), 0),
        ((time(11), time(9)), 1),
    ],
    ids=["within", "just over", "over midnight", "not over midnight"],
)
def test_quiet_hours_are_kept_save_for_what_is_called_off(
    kinds: None, user: User, quiet: tuple[time, time], goes: int
) -> None:
    wish(user, quiet=quiet)
    enqueue(news(user))
    assert make_mail(at=FRIDAY) == goes
    enqueue(news(user, "off", "tests.off"))
    assert make_mail(at=FRIDAY) == 1


def test_a_mail_that_failed_is_not_tried_again_after_hours(
    kinds: None, user: User, settings: Any, mailoutbox: list[Any]
) -> None:
    enqueue(news(user))
    make_mail(at=FRIDAY)
    wish(user, quiet=(time(11), time(12)))
    Delivery.objects.update(attempts=1)
    deliver(clock=lambda: FRIDAY + timedelta(hours=1))
    assert not mailoutbox
    assert Delivery.objects.get().state == "waiting"
    deliver(clock=lambda: FRIDAY + timedelta(hours=2))
    assert len(mailoutbox) == 1


def test_one_digest_for_several_schools_by_school(cast: Cast, bench: Bench, mailoutbox: list[Any]) -> None:
    person = cast.senco
    PostFactory(user=person, role=Role.SENCO, organisation=cast.other_junior)
    for school in (cast.junior, cast.other_junior):
        enqueue(Notice(f"k{school.pk}", "tests.waiting", person.pk, FRIDAY, {"organisation": school.pk}))
    make_mail_at_work(person)
    deliver(clock=lambda: FRIDAY)
    (mail,) = mailoutbox
    assert cast.junior.name in mail.body
    assert cast.other_junior.name in mail.body
    assert cast.secondary.name not in mail.body


def make_mail_at_work(person: User) -> None:
    """The cast's terms are not those of these days."""
    from django.test import override_settings

    with override_settings(OUTBOX_WORKING_FOR=""):
        assert make_mail(at=FRIDAY) == 1


class TestPage:
    def test_it_shows_what_concerns_one_and_saves(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        address = reverse("inbox:preferences")
        shown = client.get(address).content.decode()
        assert "A session of yours is near" in shown
        assert "What is due or late for a child" not in shown
        assert "nobody stands before a closed door" in shown
        response = client.post(
            address, posted(**{"cpd.reminders": "digest", "quiet_from": "09:00", "quiet_until": "15:00"})
        )
        assert response.status_code == 302
        assert Preference.objects.get().person == cast.support_staff
        assert list(Choice.objects.values_list("topic", "way")) == [("cpd.reminders", "digest")]
        again = client.get(address).context["form"]
        assert again["cpd.reminders"].value() == "digest"
        assert (again["digest_day"].value(), again["quiet_until"].value()) == (2, "15:00")

    def test_half_a_quiet_hour_is_said_beside_the_field(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        shown = client.post(reverse("inbox:preferences"), posted(quiet_from="09:00"))
        assert "Say both" in shown.content.decode()
        assert not Preference.objects.exists()

    def test_posts_are_for_those_who_appoint(self, cast: Cast, sign_in: SignIn) -> None:
        page = reverse("inbox:preferences")
        assert "Posts at your schools" not in sign_in(cast.support_staff).get(page).content.decode()
        assert "Posts at your schools" in sign_in(cast.head).get(page).content.decode()

    def test_nobody_reads_or_writes_anothers(self, cast: Cast) -> None:
        wish(cast.senco, news=Way.INBOX)
        with rls.acting_as(cast.head.pk):
            assert not Preference.objects.exists()
            assert not Choice.objects.exists()
            assert not Preference.objects.filter(person=cast.senco).update(digest_day=1)


def posted(**more: str) -> dict[str, str]:
    return {
        "digest_day": "2", "digest_at": "08:00", "cpd.places": "now", "cpd.reminders": "now",
        "else": "mixed",
    } | more  # fmt: skip

"""A form sent twenty times has one effect, and each copy leads where the first led."""

from __future__ import annotations

import threading
import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from partnership.accounts.models import User
from schools.models import Organisation
from tests.cast import Cast, SignIn

TOKEN = "a" * 64


def jo(place: Organisation, token: str = TOKEN, **over: str) -> dict[str, str]:
    """Somebody without an e-mail address: nothing but the press itself tells the second from the first."""
    today = date.today()  # noqa: DTZ011  (the first day of a post, as somebody types it)
    return {
        "csrfmiddlewaretoken": token, "name": "Jo Hale", "role": "support_staff",
        "starts_on_day": str(today.day), "starts_on_month": str(today.month), "starts_on_year": str(today.year), **over,
    }  # fmt: skip


def appoint(client: Client, place: Organisation, *args: str, **over: str) -> Any:
    return client.post(f"{reverse('schools:appoint')}?school={place.pk}", jo(place, *args, **over))


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_twenty_copies_make_one_person_and_lead_to_one_page(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.head)
        led = {appoint(client, cast.junior).headers["Location"] for _ in range(20)}
        assert led == {f"{reverse('schools:staff')}?school={cast.junior.pk}"}
        assert User.objects.filter(name="Jo Hale").count() == 1

    def test_the_page_opened_again_is_another_press(self, cast: Cast, sign_in: SignIn) -> None:
        """The control: two namesakes are two people."""
        client = sign_in(cast.head)
        appoint(client, cast.junior)
        appoint(client, cast.junior, "b" * 64)
        assert User.objects.filter(name="Jo Hale").count() == 2

    def test_a_refused_form_is_read_again(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.head)
        assert [appoint(client, cast.junior, role="none").status_code for _ in range(2)] == [200, 200]
        assert appoint(client, cast.junior).status_code == 302

    def test_nobody_follows_another_persons_press(self, cast: Cast, sign_in: SignIn) -> None:
        appoint(sign_in(cast.head), cast.junior)
        assert appoint(sign_in(cast.next_head), cast.junior).status_code == 404
        assert appoint(sign_in(cast.deputy_head), cast.junior).status_code == 302
        assert User.objects.filter(name="Jo Hale").count() == 2

    def test_a_real_page_gives_another_token_each_time(self, cast: Cast, sign_in: SignIn) -> None:
        """What all of this stands on."""
        client = sign_in(cast.head)
        tokens = set()
        for _ in range(3):
            client.get(reverse("schools:appoint"))
            tokens.add(str(client.get(reverse("schools:appoint")).context["csrf_token"]))
        assert len(tokens) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.parametrize(("same", "people"), [(True, 1), (False, 6)])
def test_copies_at_the_same_moment(cast: Cast, sign_in: SignIn, same: bool, people: int) -> None:
    """And the control: with a token each they make a person each."""
    client = sign_in(cast.head)
    start = threading.Barrier(6, timeout=120)
    answers: list[int] = []

    def press() -> None:
        mine = Client()
        mine.cookies.update(client.cookies)
        try:
            start.wait()
            answers.append(appoint(mine, cast.junior, TOKEN if same else uuid.uuid4().hex * 2).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    assert answers == [302] * 6
    assert User.objects.filter(name="Jo Hale").count() == people

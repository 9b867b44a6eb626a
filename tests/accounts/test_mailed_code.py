"""Signing in by a code in a mail: one step, for those who have an account, on the page that asked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from partnership.accounts.models import User
from partnership.outbox.models import Delivery
from tests.accounts.door import PASSWORD, enrol, with_code
from tests.cast import Cast

pytestmark = pytest.mark.django_db

STAFF = "/staff/"
ASK, CONFIRM = reverse("account_request_login_code"), reverse("account_confirm_login_code")


def asked(client: Client, email: str | None, **more: str) -> str:
    """Ask for a code, and read the newest mail."""
    before = Delivery.objects.count()
    client.post(ASK, {"email": email or "", **more})
    if Delivery.objects.count() == before:
        return ""
    letter = newest(email or "")
    assert letter["to"] == email
    found = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", letter["text"])
    assert found
    assert found[0] in letter["html"]
    return found[0]


def newest(email: str) -> dict[str, Any]:
    letter = Delivery.objects.filter(letter__to=email).latest("due_at").letter
    assert letter is not None
    return dict(letter)


def inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_it_signs_in_whoever_reaches_no_child(client: Client, cast: Cast) -> None:
    code = asked(client, cast.support_staff.email)
    response = client.post(CONFIRM, {"code": code.lower().replace("-", ""), "next": "/schools/"})
    assert response["Location"] == "/schools/"
    assert client.get("/schools/").status_code == 200


def test_it_is_one_step_where_the_second_is_set_up(client: Client, cast: Cast) -> None:
    app = enrol(cast.head)
    client.post(CONFIRM, {"code": asked(client, cast.head.email)})
    assert not inside(client)
    assert client.get(STAFF).status_code == 302
    with_code(client, app.code())
    assert client.get(STAFF).status_code == 200


def test_it_is_one_step_where_the_second_is_not(client: Client, cast: Cast) -> None:
    client.post(CONFIRM, {"code": asked(client, cast.head.email)})
    assert inside(client)
    assert client.get(STAFF)["Location"].startswith(reverse("mfa_activate_totp"))


def test_a_locked_out_owner_gets_in_by_it(client: Client, cast: Cast) -> None:
    other = Client()
    for _ in range(6):
        other.post(reverse("account_login"), {"login": cast.support_staff.email, "password": "wrong-wrong-1"})
    client.post(reverse("account_login"), {"login": cast.support_staff.email, "password": PASSWORD})
    assert not inside(client), "the control: the password is refused now"
    client.post(CONFIRM, {"code": asked(client, cast.support_staff.email)})
    assert inside(client)


def test_it_works_once_and_only_where_it_was_asked_for(client: Client, cast: Cast) -> None:
    code, other = asked(client, cast.support_staff.email), Client()
    asked(other, cast.governor.email)
    other.post(CONFIRM, {"code": code})
    assert not inside(other)
    client.post(CONFIRM, {"code": code})
    assert inside(client)
    third = Client()
    third.post(CONFIRM, {"code": code})
    assert not inside(third)


@pytest.mark.parametrize(("minutes", "opens"), [(9.9, True), (10.1, False)])
def test_it_is_good_for_ten_minutes(client: Client, cast: Cast, minutes: float, opens: bool) -> None:
    code = asked(client, cast.support_staff.email)
    session = client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= minutes * 60
    session.save()
    client.post(CONFIRM, {"code": code})
    assert inside(client) is opens


def test_three_wrong_tries_spend_it(client: Client, cast: Cast) -> None:
    code = asked(client, cast.support_staff.email)
    for _ in range(3):
        client.post(CONFIRM, {"code": "BBBB-BBBB"})
    client.post(CONFIRM, {"code": code})
    assert not inside(client)


@pytest.mark.parametrize("code", ["", "-", " ", "BBBB-BBBB"])
def test_an_unknown_address_has_no_code_that_fits(client: Client, cast: Cast, code: str) -> None:
    assert asked(client, "who@nowhere.example") == ""
    client.post(CONFIRM, {"code": code})
    assert not inside(client)


def test_who_is_merely_invited_or_closed_gets_none(client: Client, cast: Cast) -> None:
    """Else a mailbox would stand in for an invitation, which can be withdrawn."""
    User.objects.create_user(name="Wren Abbott", email="wren@millbrook.example")
    User.objects.filter(pk=cast.governor.pk).update(is_active=False)
    for email in ("wren@millbrook.example", cast.governor.email):
        assert asked(client, email) == ""


def test_many_requests_are_stopped_for_one_address_alone(client: Client, cast: Cast) -> None:
    codes = [asked(Client(), cast.support_staff.email) for _ in range(8)]
    assert codes[0]
    assert not codes[-1]
    assert asked(Client(), cast.governor.email)

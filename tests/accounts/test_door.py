"""Signing in and asking for a new password: the same answers for known and unknown, and no way to sign oneself up."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from partnership.accounts.models import User
from partnership.outbox.models import Delivery
from tests.accounts.door import PASSWORD, sign_in_with_password
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def text_of(page: str) -> str:
    """What a page says, without what changes from one to the next."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|value="[^"]*@[^"]*"', "", page)
    return re.sub(r"\S+@\S+\.example", "ADDRESS", page)


def test_nobody_signs_themselves_up(client: Client) -> None:
    for response in (
        client.get(reverse("account_signup")),
        client.post(reverse("account_signup"), {"email": "new@northfield.example", "password1": PASSWORD}),
    ):
        assert "by invitation" in response.content.decode()
    assert not User.objects.exists()


def test_pages_that_would_loosen_the_door_do_not_exist(client: Client) -> None:
    for name in ("account_email", "account_confirm_email", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in (
        "/accounts/email/",
        "/accounts/3rdparty/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/passkeys/signup/",
    ):
        assert client.get(path).status_code == 404


def test_a_wrong_password_and_an_unknown_address_read_alike(client: Client, cast: Cast) -> None:
    known = client.post(reverse("account_login"), {"login": cast.head.email, "password": "wrong-wrong-1"})
    unknown = client.post(
        reverse("account_login"), {"login": "who@nowhere.example", "password": "wrong-wrong-1"}
    )
    assert "do not go together" in known.content.decode()
    assert text_of(known.content.decode()) == text_of(unknown.content.decode())


def test_asking_for_a_new_password_reads_alike(client: Client, cast: Cast) -> None:
    known = client.post(reverse("account_reset_password"), {"email": cast.head.email}, follow=True)
    assert Delivery.objects.count() == 1
    unknown = Client().post(reverse("account_reset_password"), {"email": "who@nowhere.example"}, follow=True)
    assert Delivery.objects.count() == 1
    assert text_of(known.content.decode()) == text_of(unknown.content.decode())


def statements(client: Client, name: str, email: str) -> tuple[list[str], str, int]:
    """The work a page does for an address: its statements without their values, what it shows, and its status."""
    cache.clear()  # the counters begin anew for each
    with CaptureQueriesContext(connection) as seen:
        page = client.post(reverse(name), {"email": email})
    shape = [re.sub(r"'[^']*'|\d+|\"?s\d+_x\d+\"?", "?", each["sql"]) for each in seen]
    shape = [line for line in shape if not line.startswith("ROLLBACK TO")]
    return shape, text_of(client.get(page["Location"]).content.decode()), page.status_code


@pytest.mark.parametrize("name", ["account_reset_password", "account_request_login_code"])
def test_known_unknown_and_merely_invited_addresses_cost_the_same_work(cast: Cast, name: str) -> None:
    """Told by what is asked and written, not by a clock: the same rows are made for each, and torn up for two of them."""
    User.objects.create_user(name="Wren Abbott", email="wren@millbrook.example")
    EmailAddress.objects.create(user=cast.head, email=cast.head.email, verified=True, primary=True)
    known = statements(Client(), name, cast.head.email or "")
    letters = Delivery.objects.count()
    assert letters == 1
    assert any("outbox_delivery" in line for line in known[0]), "the control: the letter is among them"
    for email in ("who@nowhere.example", "wren@millbrook.example"):
        assert statements(Client(), name, email) == known
    assert Delivery.objects.count() == letters


def test_the_link_in_the_mail_sets_a_new_password(client: Client, cast: Cast) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.head.email})
    letter = Delivery.objects.get().letter
    assert letter["to"] == cast.head.email
    found = re.search(r"/accounts/password/reset/key/\S+/", letter["text"])
    assert found
    page = client.get(found[0], follow=True)
    fresh = "harbour-lantern-52"
    client.post(page.redirect_chain[-1][0], {"password1": fresh, "password2": fresh})
    cast.head.refresh_from_db()
    assert cast.head.check_password(fresh)
    assert Delivery.objects.count() == 2, "the owner is told that the password changed"
    again = client.get(found[0], follow=True)
    assert again.context["token_fail"], "the link works once"


def test_somebody_without_e_mail_or_password_cannot_sign_in(client: Client, db: None) -> None:
    User.objects.create_user(name="Tess Helper")
    waiting = User.objects.create_user(name="Wren Abbott", email="wren@millbrook.example")
    for login in ("", waiting.email):
        client.post(reverse("account_login"), {"login": login, "password": ""})
        client.post(reverse("account_login"), {"login": login, "password": "!"})
        assert "_auth_user_id" not in client.session


def test_a_closed_account_stays_out(client: Client, cast: Cast) -> None:
    sign_in_with_password(client, cast.head)
    assert client.get("/schools/").status_code == 200
    User.objects.filter(pk=cast.head.pk).update(is_active=False)
    assert client.get("/schools/").status_code == 302
    again = Client()
    sign_in_with_password(again, cast.head)
    assert "_auth_user_id" not in again.session


def test_an_address_signs_in_whatever_its_case(client: Client, cast: Cast) -> None:
    client.post(reverse("account_login"), {"login": (cast.head.email or "").upper(), "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(cast.head.pk)


def test_signing_in_leads_only_within_this_site(client: Client, cast: Cast) -> None:
    response = client.post(
        f"{reverse('account_login')}?next=https://evil.example/",
        {"login": cast.support_staff.email, "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert response["Location"] == "/"


def test_after_signing_in_one_is_led_to_a_page_that_can_be_opened(client: Client, cast: Cast) -> None:
    """A button pressed when the session had ended: back to its page, never to the address that only takes a POST."""
    page = reverse("transitions:leaving")
    for came_from, back in (
        (f"http://testserver{page}?sen=K", f"{page}?sen=K"),
        ("", "/"),
        ("https://evil.example/x", "/"),
    ):
        sent = client.post(reverse("inbox:read_all"), headers={"referer": came_from} if came_from else {})
        assert parse_qs(urlsplit(sent.headers["Location"]).query)["next"] == [back]

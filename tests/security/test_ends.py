"""What is over is over: a session that ended, a page one goes back to, a link that is too old."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from partnership.outbox.models import Delivery
from tests.accounts.door import PASSWORD, enrol, sign_in_with_password, with_code
from tests.cast import Cast, Road, SignIn

pytestmark = pytest.mark.django_db


def test_signing_out_ends_the_session_and_empties_the_browser(
    cast: Cast, road: Road, sign_in: SignIn, settings: Settings
) -> None:
    client = sign_in(cast.senco)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get(f"/moves/{road.move.pk}/").status_code == 200
    answer = client.post(reverse("account_logout"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    assert thief.get(f"/moves/{road.move.pk}/").status_code == 302


def test_a_page_of_somebody_signed_in_empties_nothing(cast: Cast, sign_in: SignIn) -> None:
    """The control: the header comes with the end of a session and at no other time."""
    assert "Clear-Site-Data" not in sign_in(cast.senco).get("/").headers
    assert "Clear-Site-Data" not in Client().get(reverse("account_login")).headers


def test_signing_out_takes_a_post(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.senco)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session


def test_every_step_of_signing_in_brings_a_new_key(client: Client, cast: Cast, settings: Settings) -> None:
    """Nobody who planted or overheard a key has a session once its owner came in."""
    app = enrol(cast.head)
    client.get(reverse("account_login"))
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    sign_in_with_password(client, cast.head)
    with_code(client, app.code())
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.session["_auth_user_id"] == str(cast.head.pk)
    assert key != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_keys_are_long_and_never_alike(cast: Cast, settings: Settings) -> None:
    keys = set()
    for _ in range(20):
        client = Client()
        sign_in_with_password(client, cast.support_staff)
        keys.add(client.cookies[settings.SESSION_COOKIE_NAME].value)
    assert len(keys) == 20
    assert all(re.fullmatch(r"[a-z0-9]{32}", key) for key in keys), "36 ** 32 is 165 bits"


def test_a_session_of_our_own_making_is_nobodys(cast: Cast, settings: Settings) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert client.get("/inbox/").status_code == 302


def test_a_link_for_a_new_password_is_good_for_three_hours(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.head.email})
    link = re.search(r"/accounts/password/reset/key/\S+/", Delivery.objects.get().letter["text"])
    assert link
    now = timezone.localtime().replace(tzinfo=None)
    for hours, good in ((2.9, True), (3.1, False)):
        monkeypatch.setattr(
            PasswordResetTokenGenerator, "_now", lambda self, later=now + timedelta(hours=hours): later
        )
        page = Client().get(link[0], follow=True)
        assert page.context.get("token_fail", False) is not good


def test_an_own_password_signs_in_nobody_else(cast: Cast) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": "", "password": PASSWORD})
    assert "_auth_user_id" not in client.session

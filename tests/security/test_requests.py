"""Requests that try to be more than they are."""

from __future__ import annotations

import logging
import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from partnership.access.guards import open_to_all
from partnership.accounts.models import User
from partnership.outbox.deliver import deliver
from partnership.outbox.letters import post_letter
from schools.models import Post
from tests.accounts.door import PASSWORD, sign_in_with_password
from tests.cast import Cast, Road, SignIn
from tests.meta.routes import routes
from tests.meta.test_views import urls

pytestmark = pytest.mark.django_db


def test_no_address_takes_a_post_from_another_site(cast: Cast, sign_in: SignIn) -> None:
    """Without the token of one of our own forms each is refused before its view runs."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in(cast.senco).cookies
    asked = 0
    for _name, route, _view in routes():
        answer = strict.post("/" + re.sub(r"<[^>]*>", "1", route), {"any": "thing"})
        assert answer.status_code in (403, 404), f"{route}: {answer.status_code}"
        asked += answer.status_code == 403
    assert asked > 60
    assert strict.get("/inbox/").status_code == 200, "the session itself is good"


def test_a_parameter_in_the_address_is_no_field_of_the_form(client: Client, cast: Cast) -> None:
    login = reverse("account_login")
    client.post(
        f"{login}?login={cast.support_staff.email}&password={PASSWORD}", {"login": "", "password": ""}
    )
    assert "_auth_user_id" not in client.session


def test_fields_nobody_asked_for_change_nothing(cast: Cast, sign_in: SignIn) -> None:
    """A head appoints somebody, and adds what a form of ours never has."""
    client = sign_in(cast.head)
    data = {
        "name": "Wren Abbott", "email": "wren@millbrook.example", "role": "class_teacher",
        "starts_on_day": "1", "starts_on_month": "9", "starts_on_year": "2026",
        "is_superuser": "1", "is_staff": "1", "is_active": "0", "password": "chosen-by-a-head-1",
        "id": str(cast.superuser.pk), "organisation": str(cast.far_junior.pk), "user": str(cast.superuser.pk),
    }  # fmt: skip
    answer = client.post(f"{reverse('schools:appoint')}?school={cast.junior.pk}", data)
    assert answer.status_code == 302, answer.context["form"].errors
    made = User.objects.get(email="wren@millbrook.example")
    assert (made.is_superuser, made.is_staff, made.is_active) == (False, False, True)
    assert not made.has_usable_password()
    assert Post.objects.get(user=made).organisation_id == cast.junior.pk


@pytest.mark.parametrize(
    "typed", ["' OR '1'='1", "%' OR 1=1 --", "\\' UNION SELECT 1 --", "'; DROP TABLE x; --"]
)
def test_quotes_find_nothing(typed: str, cast: Cast, road: Road, sign_in: SignIn) -> None:
    client = sign_in(cast.senco)
    assert "Marsh" in client.get("/leaving/", {"q": "Marsh"}).content.decode()
    for address in ("/leaving/", "/joining/", "/schools/"):
        answer = client.get(address, {"q": typed})
        assert answer.status_code == 200
        assert "Robin" not in answer.content.decode()


def test_markup_stays_text_wherever_it_is_shown(cast: Cast, road: Road, sign_in: SignIn) -> None:
    typed = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    road.pupil.known_as, road.pupil.forename = typed[:40], typed[:40]
    road.pupil.save()
    client = sign_in(cast.senco)
    for address in (
        "/leaving/",
        f"/moves/{road.move.pk}/",
        f"/leaving/?q={typed}",
        f"/moves/{road.move.pk}/write/",
    ):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
    assert "&lt;script&gt;" in client.get("/leaving/").content.decode(), "it is there, as text"


def test_a_header_cannot_be_slipped_into_a_mail(
    mailoutbox: list[object], cast: Cast, settings: Settings
) -> None:
    post_letter(
        to="wren@millbrook.example",
        subject="Hello\r\nBcc: spy@evil.example\r\n\r\nBody",
        text="x",
        at=timezone.now(),
    )
    deliver(clock=timezone.now)
    mail = mailoutbox[0]
    assert mail.recipients() == ["wren@millbrook.example"]  # type: ignore[attr-defined]
    assert mail.message()["Bcc"] is None  # type: ignore[attr-defined]
    assert "\n" not in mail.subject  # type: ignore[attr-defined]


def test_an_address_of_ones_own_making_is_not_believed(
    client: Client, cast: Cast, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Behind one proxy the last entry of X-Forwarded-For is the proxy's; what stands before it anybody can write."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    caplog.set_level(logging.INFO, logger="partnership.security")
    for number in range(61):
        client.post(
            reverse("account_login"),
            {"login": f"nobody{number}@nowhere.example", "password": "wrong-wrong-1"},
            headers={
                "x-forwarded-for": f"198.51.100.{number}, 203.0.113.9",
                "x-forwarded-host": "evil.example",
            },
        )
    told = [each.getMessage() for each in caplog.records if each.name == "partnership.security"]
    assert all('"from": "203.0.113.9"' in each for each in told)
    assert told[-1].startswith("sign_in.too_many"), "sixty a minute from one address, whatever it says it is"
    assert (
        "evil.example"
        not in client.get(
            reverse("account_reset_password"), headers={"x-forwarded-host": "evil.example"}
        ).content.decode()
    )


@open_to_all
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("SELECT secret FROM canary_table")


def test_a_fault_is_told_in_plain_words_and_logged_in_full(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = urls(breaks)
    answer = Client(raise_request_exception=False).get("/breaks/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert not re.search(r"canary_table|Traceback|RuntimeError|/partnership/|Django", page)
    assert [
        each for each in caplog.records if each.levelname == "ERROR" and "canary_table" in str(each.exc_info)
    ]


def test_the_wrong_password_and_the_right_one_take_the_same_road(client: Client, cast: Cast) -> None:
    """A control for the throttle: it counts by address of mail as well, wherever the tries come from."""
    for number in range(6):
        Client(REMOTE_ADDR=f"198.51.100.{number}").post(
            reverse("account_login"), {"login": cast.head.email, "password": "wrong-wrong-1"}
        )
    answer = sign_in_with_password(client, cast.head)
    assert "too many tries" in answer.content.decode()
    assert "_auth_user_id" not in client.session

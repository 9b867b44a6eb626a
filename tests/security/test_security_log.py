"""The security log: who came in, who did not, what changed about a way in, who was turned away; and never a secret."""

from __future__ import annotations

import json
import logging
import re
from datetime import datetime
from io import StringIO

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from partnership.outbox.models import Delivery
from tests.accounts.door import PASSWORD, enrol, sign_in_with_password, with_code
from tests.cast import Cast, Road, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def listening(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="partnership.security")


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, str]]]:
    """(event, facts) of each line, read back as a log processor would."""
    found = [each.getMessage() for each in caplog.records if each.name == "partnership.security"]
    return [(line.split(" ", 1)[0], json.loads(line.split(" ", 1)[1])) for line in found]


def test_each_way_in_leaves_its_line(client: Client, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    app, who = enrol(cast.head), str(cast.head.pk)
    sign_in_with_password(client, cast.head, "wrong-wrong-1")
    sign_in_with_password(client, cast.head)
    with_code(client, "000000")
    with_code(client, app.code())
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": "who@nowhere.example", "password": "wrong-wrong-1"})
    told = lines(caplog)
    assert [(event, facts.get("user")) for event, facts in told] == [
        ("sign_in.refused", who),
        ("second_step.refused", who),
        ("second_step.shown", who),
        ("sign_in.done", who),
        ("sign_out.done", who),
        ("sign_in.refused", None),
    ]
    assert told[3][1]["by"] == "password+mfa"
    assert {facts["from"] for _, facts in told} == {"127.0.0.1"}


def test_too_many_tries_are_told(client: Client, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(6):
        sign_in_with_password(client, cast.head, "wrong-wrong-1")
    assert lines(caplog)[-1][0] == "sign_in.too_many"


def test_changes_of_a_way_in_are_told(client: Client, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    sign_in_with_password(client, cast.support_staff)
    fresh = "harbour-lantern-52"
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh},
    )
    client.post(reverse("account_reset_password"), {"email": cast.head.email})
    found = re.search(r"/accounts/password/reset/key/\S+/", Delivery.objects.latest("due_at").letter["text"])
    assert found
    page = Client().get(found[0], follow=True)
    other = Client()
    other.get(found[0])
    other.post(page.redirect_chain[-1][0], {"password1": fresh, "password2": fresh})
    told = [(event, facts["user"]) for event, facts in lines(caplog)]
    assert ("password.changed", str(cast.support_staff.pk)) in told
    assert ("password.reset", str(cast.head.pk)) in told


def test_who_is_turned_away_is_told(
    cast: Cast, far_road: Road, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    client = sign_in(cast.senco)
    caplog.clear()
    assert client.get("/admin/").status_code == 403
    assert client.get(f"/moves/{far_road.move.pk}/").status_code == 404
    assert [
        (event, facts.get("status"), facts.get("page"), facts.get("pk")) for event, facts in lines(caplog)
    ] == [
        ("page.refused", "403", "admin:index", None),
        ("page.refused", "404", "transitions:child", str(far_road.move.pk)),
    ]
    assert {facts["user"] for _, facts in lines(caplog)} == {str(cast.senco.pk)}


def test_it_holds_no_secret_and_no_person(
    client: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    app = enrol(cast.head)
    code = app.code()
    sign_in_with_password(client, cast.head, "typed-wrong-77")
    sign_in_with_password(client, cast.head)
    with_code(client, code)
    client.get("/invitation/a-token-that-opens-a-post/")
    client.get("/moves/not-a-number/?q=Zzcanary")
    text = "\n".join(each.getMessage() for each in caplog.records if each.name == "partnership.security")
    assert "second_step.shown" in text
    for secret in (
        "typed-wrong-77",
        PASSWORD,
        code,
        app.secret,
        cast.head.email,
        cast.head.name,
        "a-token",
        "Zzcanary",
    ):
        assert str(secret) not in text
    assert str(client.session.session_key) not in text


def test_nothing_typed_begins_a_line_of_its_own(
    client: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    forged = "x\n2026-11-25T09:00:00+0000 INFO partnership.security: sign_in.done"
    client.post(reverse("account_login"), {"login": f"{forged}@nowhere.example", "password": forged})
    client.get("/nowhere/%0A2026-11-25%20INFO%20forged")
    client.get("/livez", headers={"x-forwarded-for": forged.replace("\n", "")})
    assert [each for each in caplog.records if "2026-11-25" in each.getMessage()], "it is there to be forged"
    assert not [each for each in caplog.records if "\n" in each.getMessage()]


def test_every_line_says_when_with_its_distance_from_utc(caplog: pytest.LogCaptureFixture) -> None:
    plain = settings.LOGGING["formatters"]["plain"]
    line = logging.Formatter(plain["format"], plain["datefmt"]).format(
        logging.LogRecord("partnership.security", logging.INFO, "", 0, "an event", None, None)
    )
    stamp = datetime.fromisoformat(line.split(" ", 1)[0])
    assert stamp.utcoffset() is not None
    assert line.endswith(" INFO partnership.security: an event")


def test_a_refusal_is_a_line_and_a_fault_keeps_its_trace(
    cast: Cast, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    """As the handler of the settings writes them."""
    handler = logging.StreamHandler(StringIO())
    handler.addFilter(import_string(settings.LOGGING["filters"]["refusals"]["()"])())
    for name in ("django.request", "a.fault"):
        logging.getLogger(name).addHandler(handler)
    try:
        assert sign_in(cast.support_staff).get(reverse("schools:staff")).status_code == 403
        try:
            raise LookupError("lost")
        except LookupError:
            logging.getLogger("a.fault").exception("It broke")
    finally:
        for name in ("django.request", "a.fault"):
            logging.getLogger(name).removeHandler(handler)
    refused, broke, *trace = handler.stream.getvalue().splitlines()
    assert refused == "Forbidden (Permission denied): /staff/"
    assert broke == "It broke"
    assert trace[-1] == "LookupError: lost"
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["refusals"]


@pytest.mark.parametrize(("page", "method"), [("schools:school", "trace"), ("inbox:read_all", "get")])
def test_a_page_asked_for_in_the_wrong_way_says_so(
    cast: Cast, sign_in: SignIn, page: str, method: str
) -> None:
    """Ours and Django's own answer to it."""
    address = reverse(page, args=[cast.junior.pk] if page == "schools:school" else [])
    answer = getattr(sign_in(cast.head), method)(address)
    assert answer.status_code == 405
    assert answer["Allow"]
    assert "This page opens another way" in answer.content.decode()

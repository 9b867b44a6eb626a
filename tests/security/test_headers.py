"""What every answer carries, whichever part of the platform gives it, and what no address answers to."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.cast import Cast, Road, SignIn
from tests.meta.routes import routes
from tests.transitions.exports.helpers import taken

pytestmark = pytest.mark.django_db

SIGN_IN_ELSEWHERE = ("https://login.microsoftonline.com", "https://accounts.google.com")
"""Where the button of a school's own accounts leads, and a form may therefore go on to."""
YEAR = 365 * 24 * 60 * 60


@pytest.fixture
def answers(cast: Cast, road: Road, sign_in: SignIn, settings: Settings) -> dict[str, HttpResponseBase]:
    """One of each kind: health, a file, pages, a download, and what Django or a middleware refuses by itself."""
    settings.SECURE_HSTS_SECONDS = YEAR
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    senco, strict = sign_in(cast.senco), Client(enforce_csrf_checks=True)
    file = Client().get("/static/js/once.js", secure=True)
    assert b"addEventListener" in b"".join(file)
    return {
        "livez": Client().get("/livez", secure=True),
        "readyz": Client().get("/readyz", secure=True),
        "file": file,
        "door": Client().get(reverse("account_login"), secure=True),
        "page": senco.get(f"/moves/{road.move.pk}/", secure=True),
        "csv": senco.get("/schools/export.csv", secure=True),
        "export": taken(senco, secure=True),
        "refused": senco.get("/admin/", secure=True),
        "missing": Client().get("/no-such-page/", secure=True),
        "redirect": Client().get("/", secure=True),
        "other method": Client().put("/", secure=True),
        "other host": Client().get(reverse("account_login"), headers={"host": "evil.example"}, secure=True),
        "no token": strict.post(reverse("account_login"), secure=True),
    }


def test_the_answers_are_of_every_kind(answers: dict[str, HttpResponseBase]) -> None:
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "livez": 200,
        "readyz": 503,
        "file": 200,
        "door": 200,
        "page": 200,
        "csv": 200,
        "export": 200,
        "refused": 403,
        "missing": 404,
        "redirect": 302,
        "other method": 405,
        "other host": 400,
        "no token": 403,
    }


def test_every_answer_asks_for_https_for_a_year_and_for_subdomains(
    answers: dict[str, HttpResponseBase],
) -> None:
    found = {name: answer.headers.get("Strict-Transport-Security") for name, answer in answers.items()}
    assert set(found.values()) == {f"max-age={YEAR}; includeSubDomains"}, found


def test_every_answer_forbids_guessing_its_type_and_names_its_own(
    answers: dict[str, HttpResponseBase],
) -> None:
    for name, answer in answers.items():
        assert answer.headers.get("X-Content-Type-Options") == "nosniff", name
        kind = answer.headers.get("Content-Type", "")
        assert kind, name
        if kind.startswith("text/"):
            assert "charset=utf-8" in kind.lower().replace('"', ""), f"{name}: {kind}"


def test_every_answer_has_the_policy_for_scripts_and_frames(answers: dict[str, HttpResponseBase]) -> None:
    for name, answer in answers.items():
        policy = answer.headers.get("Content-Security-Policy", "")
        rules = dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())
        assert rules.get("default-src") == "'none'", name
        assert rules.get("object-src") == "'none'", name
        assert rules.get("base-uri") == "'none'", name
        assert rules.get("frame-ancestors") == "'none'", name
        assert rules.get("form-action", "").split() == ["'self'", *SIGN_IN_ELSEWHERE], name
        assert "unsafe" not in policy, name


def test_every_answer_keeps_addresses_from_other_sites(answers: dict[str, HttpResponseBase]) -> None:
    assert {answer.headers.get("Referrer-Policy") for answer in answers.values()} == {"same-origin"}
    assert {answer.headers.get("Cross-Origin-Opener-Policy") for answer in answers.values()} == {
        "same-origin"
    }


def test_no_answer_lets_another_site_read_it(answers: dict[str, HttpResponseBase]) -> None:
    signed_in = Client(headers={"origin": "https://evil.example"})
    for answer in (*answers.values(), signed_in.get(reverse("account_login"))):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_a_download_is_a_file_with_our_own_name(answers: dict[str, HttpResponseBase]) -> None:
    for name in ("csv", "export"):
        told = answers[name].headers["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+\.csv"', told)


def test_no_address_answers_to_other_methods(cast: Cast, sign_in: SignIn) -> None:
    """TRACE would repeat a request, cookies and all; PUT, PATCH, DELETE and OPTIONS mean nothing here."""
    client, asked = sign_in(cast.senco), 0
    for _name, route, _view in routes():
        address = "/" + re.sub(r"<[^>]*>", "1", route)
        for method in ("TRACE", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = client.generic(method, address, headers={"x-secret": "canary"})
            assert answer.status_code == 405, f"{method} {address}"
            assert b"canary" not in answer.content
            asked += 1
    assert asked > 300


def test_pages_are_led_to_https_and_health_is_not(settings: Settings) -> None:
    """A program that asks without encryption by mistake is not helped along; only people's pages redirect."""
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/accounts/login/")["Location"].startswith("https://")
    assert Client().get("/livez").status_code == 200


def test_folders_are_not_listed() -> None:
    for address in (
        "/static/",
        "/static/js/",
        "/media/",
        "/static/../partnership/settings/base.py",
        "/.git/config",
        "/.env",
    ):
        assert Client().get(address).status_code == 404, address

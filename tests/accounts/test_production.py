"""The door under the settings of a real deployment, in a process of its own: nothing is warned of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.accounts.door import PASSWORD
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[2]

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "partnership.settings.production",
    "SECRET_KEY": "x1" + "Lantern-harbour-calm-river-" * 3,
    "PUBLIC_URL": "https://partnership.example",
    "DATABASE_URL": "postgresql://partnership_app:secret@127.0.0.1:1/partnership",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_HOST": "smtp.partnership.example",
    "DEFAULT_FROM_EMAIL": "Partnership <no-reply@partnership.example>",
    "DATABASE_ROLE": "app",
}

SETTINGS = """
import json
from django.conf import settings
names = [n for n in dir(settings) if n.startswith(("SESSION_", "CSRF_", "SECURE_", "LANGUAGE_COOKIE", "MFA_"))]
print(json.dumps({n: getattr(settings, n) for n in names}, default=str))
"""


def run(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=ROOT,
        env=environment | ENVIRONMENT | changed,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(**changed: str) -> dict[str, object]:
    answer = run("-c", SETTINGS, **changed)
    assert answer.returncode == 0, answer.stderr
    found: dict[str, object] = json.loads(answer.stdout)
    return found


def test_the_deployment_check_has_nothing_to_say() -> None:
    answer = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout


def test_the_check_would_say_something() -> None:
    """The control: with HSTS off it is not content."""
    answer = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", SECURE_HSTS_SECONDS="0")
    assert answer.returncode == 1
    assert "security.W004" in answer.stderr


def test_cookies_are_bound_to_this_host_and_to_tls() -> None:
    found = settings_of()
    for kind in ("SESSION", "CSRF"):
        assert str(found[f"{kind}_COOKIE_NAME"]).startswith("__Host-")
        assert found[f"{kind}_COOKIE_SECURE"] is True
        assert found[f"{kind}_COOKIE_PATH"] == "/"
        assert found[f"{kind}_COOKIE_DOMAIN"] is None
        assert found[f"{kind}_COOKIE_SAMESITE"] == "Lax"
    assert found["SESSION_COOKIE_HTTPONLY"] is True
    assert found["SESSION_EXPIRE_AT_BROWSER_CLOSE"] is True


@pytest.fixture
def production() -> Iterator[None]:
    """The doors of production before the test's own database. The check's own settings are what is tried."""
    found = settings_of()
    names = [name for name in found if name.startswith(("SECURE_", "SESSION_COOKIE", "CSRF_COOKIE"))]
    with override_settings(ALLOWED_HOSTS=["partnership.example"], **{name: found[name] for name in names}):
        yield


@pytest.mark.django_db
def test_headers_of_a_page_and_the_way_to_tls(production: None, cast: Cast) -> None:
    client = Client(headers={"host": "partnership.example"})
    page = client.get(reverse("account_login"), secure=True)
    assert page.status_code == 200
    for name, part in {
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Content-Security-Policy": "default-src 'none'",
        "Cache-Control": "no-store",
    }.items():
        assert part in page[name], name
    assert "unsafe" not in page["Content-Security-Policy"]
    signed_in = client.post(
        reverse("account_login"), {"login": cast.support_staff.email, "password": PASSWORD}, secure=True
    )
    cookie = signed_in.cookies["__Host-session"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert set(client.cookies) <= {"__Host-session", "__Host-csrf"}, "no cookie of another kind"
    assert "no-store" in client.get("/account/", secure=True)["Cache-Control"]
    plain = client.get(reverse("account_login"))
    assert (plain.status_code, plain["Location"]) == (301, "https://partnership.example/accounts/login/")

"""A deployment as it is delivered: production's settings in a process of their own, the image, the compose file."""

from __future__ import annotations

import json
import re
import ssl
from pathlib import Path
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend
from ruamel.yaml import YAML

from partnership.settings import env
from tests.meta.test_ground import PRODUCTION, start

ROOT = Path(__file__).resolve().parents[2]


def production(*names: str, **given: str) -> dict[str, Any]:
    code = (
        "import json; from django.conf import settings as s; "
        f"print(json.dumps({{n: getattr(s, n) for n in {list(names)!r}}}, default=str))"
    )
    done = start("partnership.settings.production", code, **(PRODUCTION | given))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
    return found


def test_cookies_are_for_this_host_over_https_alone_and_closed_to_scripts() -> None:
    for kind in ("SESSION", "CSRF"):
        names = [
            f"{kind}_COOKIE_{part}" for part in ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "DOMAIN", "PATH")
        ]
        name, secure, http_only, same_site, domain, path = production(*names).values()
        assert name.startswith("__Host-")
        assert (secure, http_only, same_site, domain, path) == (True, True, "Lax", None, "/")


def test_https_is_kept_to_for_a_year() -> None:
    names = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT")
    assert list(production(*names).values()) == [365 * 24 * 60 * 60, True, True]


def test_nothing_of_the_workbench_is_on() -> None:
    found = production("DEBUG", "DEMO", "USE_X_FORWARDED_HOST", "ALLOWED_HOSTS", "INSTALLED_APPS")
    assert (found["DEBUG"], found["DEMO"], found["USE_X_FORWARDED_HOST"]) == (False, False, False)
    assert found["ALLOWED_HOSTS"] == ["partnership.example.org"]
    assert not [app for app in found["INSTALLED_APPS"] if re.search("debug|silk|extensions|docs|rest", app)]
    listed = (
        "from django.urls import get_resolver; print([str(p.pattern) for p in get_resolver().url_patterns])"
    )
    done = start("partnership.settings.production", listed, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert not re.search("demo|styleguide", done.stdout)


@pytest.mark.parametrize(
    ("given", "used"), [({}, "EMAIL_USE_TLS"), ({"EMAIL_USE_SSL": "1"}, "EMAIL_USE_SSL")]
)
def test_mail_goes_by_tls_unless_somebody_says_otherwise(given: dict[str, str], used: str) -> None:
    assert production("EMAIL_USE_TLS", "EMAIL_USE_SSL", **given)[used] is True


def test_the_mail_servers_certificate_is_looked_at() -> None:
    context = EmailBackend(use_tls=True).ssl_context
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_the_way_to_the_database_can_be_asked_to_be_encrypted() -> None:
    found = env.database("postgresql://partnership_app:x@db.example/partnership?sslmode=verify-full")
    assert found["OPTIONS"] == {"sslmode": "verify-full"}


def test_processes_own_nothing_they_do_not_need() -> None:
    services = compose()["services"]
    ours = {name: service for name, service in services.items() if service.get("build")}
    assert set(ours) == {"migrate", "web", "worker", "beat"}
    for name, service in ours.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    image = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER partnership$", image, flags=re.MULTILINE)
    assert "--shell /usr/sbin/nologin" in image


def test_each_process_knows_its_own_password_alone() -> None:
    """Only `migrate` can become the owner; the web process does not know the worker's password, nor it the other's."""
    services = compose()["services"]
    for name, known in (
        ("migrate", {"OWNER_DB_PASSWORD"}),
        ("web", {"APP_DB_PASSWORD"}),
        ("worker", {"WORKER_DB_PASSWORD"}),
        ("beat", {"WORKER_DB_PASSWORD"}),
    ):
        text = json.dumps(services[name]["environment"])
        assert set(re.findall(r"\$\{(\w+_DB_PASSWORD|POSTGRES_PASSWORD)", text)) == known, name


def test_only_the_web_is_reached_from_outside_and_by_its_proxy_alone() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if service.get("ports")] == ["web"]
    assert services["web"]["ports"] == ["${WEB_PORTS:-127.0.0.1:8000-8009}:8000"]


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)", text):
        assert name == "EMAIL_HOST_PASSWORD" or re.search(rf"\$\{{{name}:\?", text), name
    filled = re.findall(
        r"^(\w*(?:PASSWORD|SECRET)\w*)=(.+)$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE
    )
    assert filled == []


def test_the_image_holds_no_history_no_tests_and_no_secrets() -> None:
    """Everything is left out but what is named, so that a new folder stays outside until somebody names it."""
    lines = (ROOT / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    let_in.discard("docs/privacy")  # the desk begins a new agreement with its text
    assert not {name for name in let_in if name.startswith((".git", "tests", "bench", ".env", "docs"))}
    copied = re.findall(
        r"^COPY (?!--from)(\S+(?: \S+)*) \S+$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE
    )
    assert "." not in " ".join(copied).split()

"""A deployment as it is delivered: production's settings in a process of their own, the image, the compose file."""

from __future__ import annotations

import importlib.util
import json
import re
import ssl
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
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


def compose(name: str = "docker-compose.yml") -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load((ROOT / name).read_text())
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("inside") / "certificates"
    subprocess.run(["sh", str(ROOT / "docker" / "make-certificates.sh"), str(found), "30"], check=True)
    return found


class TestEncryptedInside:
    """The second compose file: every way between the containers by TLS, each proving itself by its own certificate."""

    SERVICES = compose("docker-compose.tls.yml")["services"]
    ROLES = {"migrate": "owner", "web": "app", "worker": "worker", "beat": "worker"}

    def test_each_process_goes_by_tls_and_knows_no_password(self) -> None:
        assert set(self.SERVICES) == set(compose()["services"])
        for name, role in self.ROLES.items():
            said = self.SERVICES[name]["environment"]
            url = said["DATABASE_OWNER_URL" if name == "migrate" else "DATABASE_URL"]
            found = env.database(url)
            assert (found["USER"], found["PASSWORD"], found["HOST"]) == (f"partnership_{role}", "", "db")
            assert found["OPTIONS"]["sslmode"] == "verify-full"
            broker = urlsplit(said["REDIS_URL"])
            assert (broker.scheme, parse_qs(broker.query)["ssl_cert_reqs"]) == ("rediss", ["CERT_REQUIRED"])
            assert f"./certificates/{role}:/certificates:ro" in self.SERVICES[name]["volumes"]
            named = set(re.findall(r"/certificates/[\w.]+", json.dumps(said)))
            assert named == {f"/certificates/{file}" for file in ("ca.crt", "tls.crt", "tls.key")}

    def test_database_and_broker_answer_to_nothing_else(self) -> None:
        words = self.SERVICES["redis"]["command"]
        said = dict(zip(words[1::2], words[2::2], strict=True))
        assert (said["--port"], said["--tls-port"], said["--tls-auth-clients"]) == ("0", "6379", "yes")
        assert "ssl=on" in self.SERVICES["db"]["command"]
        lines = [line.split() for line in (ROOT / "docker" / "pg_hba.conf").read_text().splitlines()]
        rules = [line for line in lines if line and line[0] != "#"]
        for kind, _database, who, where, *_how in (rule for rule in rules if rule[0] != "local"):
            assert kind == "hostssl" or (who, where) == ("partnership_owner", "127.0.0.1/32")
        assert [rule[2:] for rule in rules if rule[0] == "hostssl"] == [
            [f"partnership_{role}", "all", "cert"] for role in ("owner", "app", "worker")
        ]

    def meet(self, server: Path, client: Path | None, trusted: Path, name: str) -> str:
        """A handshake without a network; the name that the client has proved, or what went wrong."""
        theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(server / "ca.crt"))
        theirs.verify_mode = ssl.CERT_REQUIRED
        theirs.load_cert_chain(server / "tls.crt", server / "tls.key")
        ours = ssl.create_default_context(cafile=str(trusted / "ca.crt"))
        if client is not None:
            ours.load_cert_chain(client / "tls.crt", client / "tls.key")
        there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
        one = theirs.wrap_bio(there, back, server_side=True)
        other = ours.wrap_bio(back, there, server_hostname=name)
        try:
            for _ in range(4):
                for side in (other, one):
                    with suppress(ssl.SSLWantReadError):
                        side.do_handshake()
        except ssl.SSLError as fault:
            return str(fault.reason)
        subject = (one.getpeercert() or {})["subject"]
        return str(dict(part[0] for part in subject)["commonName"])  # type: ignore[misc]

    def test_each_certificate_proves_its_own_name_and_strangers_prove_nothing(
        self, folder: Path, tmp_path: Path
    ) -> None:
        for role in ("owner", "app", "worker"):
            assert self.meet(folder / "db", folder / role, folder / role, "db") == f"partnership_{role}"
            assert self.meet(folder / "redis", folder / role, folder / role, "redis")
        app = folder / "app"
        assert self.meet(folder / "db", None, app, "db") == "PEER_DID_NOT_RETURN_A_CERTIFICATE"
        assert self.meet(folder / "db", app, app, "redis") == "CERTIFICATE_VERIFY_FAILED", "another's name"
        assert self.meet(app, app, app, "db") == "CERTIFICATE_VERIFY_FAILED", "a client's is no server's"
        stranger = tmp_path / "others"
        subprocess.run(["sh", str(ROOT / "docker" / "make-certificates.sh"), str(stranger)], check=True)
        assert self.meet(folder / "db", stranger / "app", app, "db") == "CERTIFICATE_VERIFY_FAILED"
        assert self.meet(stranger / "db", stranger / "app", app, "db") == "CERTIFICATE_VERIFY_FAILED"

    def test_the_authoritys_own_key_is_thrown_away(self, folder: Path) -> None:
        assert {path.name for path in folder.rglob("*") if path.is_file()} == {"ca.crt", "tls.crt", "tls.key"}
        for path in folder.rglob("tls.key"):
            assert path.stat().st_mode & 0o007 == 0


class TestSecretsInFiles:
    """Where a vault or Docker lays them out, instead of in the environment."""

    def test_each_value_can_lie_in_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "key").write_text("a-long-random-text-from-the-vault\n")
        (tmp_path / "mail").write_text("the-mail-servers\n")
        given = {"SECRET_KEY_FILE": str(tmp_path / "key"), "EMAIL_HOST_PASSWORD_FILE": str(tmp_path / "mail")}
        found = production("SECRET_KEY", "EMAIL_HOST_PASSWORD", **({"SECRET_KEY": ""} | given))
        assert list(found.values()) == ["a-long-random-text-from-the-vault", "the-mail-servers"]

    def test_both_at_once_or_a_file_that_is_not_there_stop_the_start(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("EMAIL_HOST_PASSWORD_FILE", str(tmp_path / "nothing"))
        with pytest.raises(ImproperlyConfigured, match="which cannot be read"):
            env.value("EMAIL_HOST_PASSWORD")
        monkeypatch.setenv("EMAIL_HOST_PASSWORD", "x")
        with pytest.raises(ImproperlyConfigured, match="both set"):
            env.value("EMAIL_HOST_PASSWORD")

    def test_the_demo_does_not_run_beside_them(self) -> None:
        spec = importlib.util.spec_from_file_location("manage", ROOT / "manage.py")
        assert spec is not None
        assert spec.loader is not None
        manage = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(manage)
        assert manage.settings_module({}) == "partnership.settings.demo"
        found = manage.settings_module({"SECRET_KEY_FILE": "/run/secrets/key"})
        assert found == "partnership.settings.production"

"""The ground everything stands on: roles, grants, health, settings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from partnership.access import rls
from partnership.home import health
from partnership.outbox.models import Job
from tests.conftest import process_environment

ROOT = Path(__file__).resolve().parents[2]


def one(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def do(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [role])


@pytest.mark.services
@pytest.mark.django_db
class TestRoles:
    def test_the_run_connects_as_owner(self) -> None:
        assert one("SELECT current_user") == rls.OWNER

    @pytest.mark.parametrize("role", [rls.APP, rls.WORKER])
    def test_serving_roles_cannot_go_round_the_walls(self, role: str) -> None:
        become(role)
        assert rls.serving_role_fault() == ""

    def test_the_owner_is_refused_as_a_serving_role(self) -> None:
        assert "owns tables" in rls.serving_role_fault()

    @pytest.mark.parametrize("role", [rls.APP, rls.WORKER])
    def test_serving_roles_never_truncate(self, role: str) -> None:
        become(role)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            do("TRUNCATE outbox_job")

    @pytest.mark.parametrize("role", [rls.APP, rls.WORKER])
    def test_serving_roles_make_no_tables(self, role: str) -> None:
        become(role)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            do("CREATE TABLE stray (id int)")

    def test_the_worker_inherits_nothing(self) -> None:
        assert one("SELECT rolinherit FROM pg_roles WHERE rolname = 'partnership_worker'") is False

    def test_no_table_belongs_to_another(self) -> None:
        assert one(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'partnership_owner'"
        ) == (0)


@pytest.mark.services
def test_the_broker_answers(broker: str) -> None:
    assert redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2).ping() is True
    assert broker


@pytest.mark.django_db
class TestHealth:
    def test_livez_answers_any_host_without_a_query(
        self, client: Client, django_assert_num_queries: object
    ) -> None:
        with django_assert_num_queries(0):  # type: ignore[operator]
            response = client.get("/livez", headers={"host": "anything.example"})
        assert (response.status_code, response.content) == (200, b"alive\n")

    def test_readyz_refuses_to_serve_as_owner(self, client: Client) -> None:
        response = client.get("/readyz")
        assert response.status_code == 503
        assert "owns tables" in response.json()["role"]

    def test_readyz_is_ready_as_app(self, client: Client) -> None:
        become(rls.APP)
        response = client.get("/readyz")
        assert response.status_code == 200, response.content
        assert response.json() == {
            "ready": True,
            "database": "fine",
            "migrations": "fine",
            "role": "fine",
            "policies": "fine",
            "messages": "fine",
        }

    def test_late_work_is_told_and_leaves_the_pages_up(self, client: Client) -> None:
        late = timezone.now() - timedelta(minutes=40)
        Job.objects.create(kind="a.job", created_at=late)
        become(rls.APP)
        response = client.get("/readyz")
        assert response.status_code == 200
        assert response.json()["messages"] == "late: the oldest was due 40 minutes ago"

    def test_policies_that_sleep_are_named(self, client: Client) -> None:
        do("CREATE POLICY asleep ON outbox_job USING (true)")
        do("ALTER TABLE outbox_job DISABLE ROW LEVEL SECURITY")
        become(rls.APP)
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["policies"] == "not applied on outbox_job"

    def test_a_missing_migration_is_named(self) -> None:
        do("DELETE FROM django_migrations WHERE app = 'taskgroups' OR app = 'outbox'")
        assert "not applied, first outbox" in health.migrations()


PRODUCTION = {
    "SECRET_KEY": "0123456789abcdef" * 4,
    "PUBLIC_URL": "https://partnership.example.org",
    "DATABASE_URL": "postgresql://partnership_app:secret@db:5432/partnership",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_HOST": "smtp.example.org",
    "DEFAULT_FROM_EMAIL": "partnership@example.org",
}


def start(module: str, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process of its own with only these variables, since settings are read once."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env=kept | {"DJANGO_SETTINGS_MODULE": module} | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_a_missing_secret_stops_production_and_is_named(missing: str) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    done = start("partnership.settings.production", "", **given)
    assert done.returncode != 0
    assert f"{missing} is not set: " in done.stderr.strip().splitlines()[-1]


def test_production_passes_djangos_own_deployment_check() -> None:
    code = "from django.core.management import call_command; call_command('check', deploy=True, fail_level='WARNING')"
    done = start("partnership.settings.production", code, **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_static_files_can_be_collected(tmp_path: Path) -> None:
    """As the image does: each address in the stylesheets and modules must lead to a file."""
    collect = (
        "from django.core.management import call_command; call_command('collectstatic', interactive=False)"
    )
    code = f"from django.conf import settings; settings.STATIC_ROOT = {str(tmp_path)!r}; {collect}"
    done = start("partnership.settings.production", code, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "staticfiles.json").exists()


def test_our_modules_stand_alone() -> None:
    """Hashed names do not reach into `import` lines, so each behaviour is one file (see base.html)."""
    modules = sorted((ROOT / "static" / "src" / "js").glob("*.js"))
    assert modules
    assert [each.name for each in modules if re.search(r"^\s*import\b", each.read_text(), re.MULTILINE)] == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL"])
def test_the_demo_refuses_to_run_beside_real_settings(name: str) -> None:
    done = start("partnership.settings.demo", "", **{name: PRODUCTION.get(name, "postgresql://x@y/z")})
    assert done.returncode != 0
    assert f"{name} is set" in done.stderr


def test_the_demo_listens_on_loopback_only() -> None:
    done = start("partnership.settings.demo", "from django.conf import settings as s; print(s.ALLOWED_HOSTS)")
    assert done.stdout.strip() == "['127.0.0.1', 'localhost', '[::1]']", done.stderr


@pytest.mark.services
@pytest.mark.django_db
def test_a_serving_process_that_logs_in_as_owner_does_not_start() -> None:
    """The same process starts as the app and as the worker."""
    code = "import django; django.setup(); from partnership.home.roles import refuse_unsafe_role; refuse_unsafe_role()"
    for role, fits in (("app", True), ("worker", True), ("owner", False)):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=process_environment(role),
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert (done.returncode == 0) is fits, done.stderr

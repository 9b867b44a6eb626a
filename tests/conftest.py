"""Servers for the run: a PostgreSQL and a broker of its own, or those that TEST_DATABASE_URL and TEST_REDIS_URL name.

The run connects as owner; each request becomes the app by itself. Where the serving role could go round the
row-level policies the run stops: tests on such a server would prove nothing (walls §2)."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from partnership.access import rls
from partnership.localservices import Services

pytest_plugins = ["tests.cast"]


def clear_abandoned() -> None:
    """Folders of runs that were killed; their servers went with them."""
    for folder in Path(tempfile.gettempdir()).glob("partnership-test-*"):
        number = folder.name.rpartition("-")[2]
        if number.isdigit() and not Path(f"/proc/{number}").exists() and sys.platform == "linux":
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[Services]:
    """The servers of this run, started once and stopped at its end."""
    clear_abandoned()
    with Services(settings.RUN_DIR, fast=True) as services:
        if settings.EMBEDDED_DATABASE:
            services.start_postgres()
        if settings.EMBEDDED_BROKER:
            services.start_valkey()
        yield services
    shutil.rmtree(settings.RUN_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: Services) -> None:
    """pytest-django makes the test database after this."""


END_STRAGGLERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
"""A browser that is closed may leave a request being served; the test database goes only when nobody uses it."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        for role in (rls.APP, rls.WORKER):
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('role', %s, true)", [role])
            if fault := rls.serving_role_fault():
                pytest.exit(fault, returncode=1)
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_STRAGGLERS)


def put_back_what_migrations_laid(**unused: object) -> None:
    """Bank holidays and default duties: a test that commits ends with a flush, which takes them away."""
    for name in (
        "schools.migrations.0002_calendar_and_duties",
        "schools.migrations.0021_agreement_walls",
        "transitions.migrations.0022_closed_places_walls",
        "transitions.migrations.0031_exports_walls",
        "cpd.migrations.0003_reminder",
        "cpd.migrations.0022_feedback_periods",
        "cpd.migrations.0027_training_kinds",
        "cpd.migrations.0064_register_ready",
    ):
        import_module(name).seed(apps, None)


@pytest.fixture(scope="session", autouse=True)
def seeds_after_flush() -> None:
    """Flush ends with the signal of a migration, and so puts the seeds back before the next test."""
    post_migrate.connect(put_back_what_migrations_laid, sender=apps.get_app_config("schools"))


@pytest.fixture(scope="session")
def broker(servers: Services) -> str:
    """The address of a broker that answers."""
    return str(settings.CELERY_BROKER_URL)


def process_environment(role: str) -> dict[str, str]:
    """For a process that a test starts: the same servers and test database, as `app`, `worker` or `owner`."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "partnership.settings.test",
        "PARTNERSHIP_TEST_RUN_DIR": str(settings.RUN_DIR),
        "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
        "DATABASE_ROLE": role,
    }


@pytest.fixture
def remembering(settings: Settings) -> None:
    """Terms and duties are remembered as where pages are served; what the test has laid by now counts as committed."""
    settings.REMEMBER_SECONDS = 60
    connection.run_on_commit.clear()

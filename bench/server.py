"""The servers and databases of the bench: one PostgreSQL, one database per county."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

DATABASES = {"1": "county_1", "0.01": "county_001"}


@contextmanager
def services() -> Iterator[None]:
    """The servers while the block runs. Their data are kept, the demo's are never touched."""
    import django

    django.setup()
    from django.conf import settings

    from partnership.localservices import Services

    with Services(settings.RUN_DIR) as running:
        running.start_postgres()
        running.start_valkey()
        yield


def make_database(name: str, *, fresh: bool) -> None:
    """The database, empty where `fresh`; it belongs to the owner, as everywhere."""
    from django.conf import settings

    with psycopg.connect(settings.SERVICES.database_url("postgres", "postgres"), autocommit=True) as server:
        there = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there and fresh:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        if fresh or not there:
            server.execute(f"CREATE DATABASE {name} OWNER partnership_owner")


def use(name: str) -> None:
    """Point this process at another of the databases."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name
    os.environ["TEST_DATABASE_NAME"] = name

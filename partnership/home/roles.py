"""What the serving roles may do with the tables the owner is about to make.

Runs before every migrate, so it holds for every database however it was made; narrower rights (the audit's) and
row-level policies come in the migrations of the tables concerned."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections

OWNER = "partnership_owner"
SERVING = ("partnership_app", "partnership_worker")


def grant_to_serving_roles(*, using: str, **unused: Any) -> None:
    """New tables are readable and writable for app and worker, never emptied by TRUNCATE; refuses any other migrator."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        if (user := cursor.fetchone()[0]) != OWNER:
            raise ImproperlyConfigured(f"Migrations run as {OWNER}, who owns every table; this connection is {user}'s.")
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [list(SERVING)])
        if cursor.fetchone()[0] != len(SERVING):
            raise ImproperlyConfigured(f"The roles {' and '.join(SERVING)} are missing: see docs/operating.md, Roles.")
        roles = ", ".join(SERVING)
        cursor.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {roles};"
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {roles}"
        )

"""What the serving roles may do with the tables the owner is about to make, and who may not serve at all.

The grants run before every migrate, so they hold for every database however it was made; narrower rights (the
audit's) and row-level policies come in the migrations of the tables concerned."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections

from partnership.access import rls

SERVING = (rls.APP, rls.WORKER)


def grant_to_serving_roles(*, using: str, **unused: Any) -> None:
    """New tables are readable and writable for app and worker, never emptied by TRUNCATE; refuses any other migrator."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        if (user := cursor.fetchone()[0]) != rls.OWNER:
            raise ImproperlyConfigured(
                f"Migrations run as {rls.OWNER}, who owns every table; this connection is {user}'s."
            )
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [list(SERVING)])
        if cursor.fetchone()[0] != len(SERVING):
            raise ImproperlyConfigured(
                f"The roles {' and '.join(SERVING)} are missing: see docs/operating.md, Roles."
            )
        roles = ", ".join(SERVING)
        cursor.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {roles};"
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {roles}"
        )


def refuse_unsafe_role() -> None:
    """Stop a web process or worker that logged in as superuser, BYPASSRLS or owner: no policy would hold (walls §2).

    A database that does not answer yet is no reason; `/readyz` asks again."""
    try:
        fault = rls.serving_role_fault()
    except OperationalError:
        return
    finally:
        connection.close()
    if fault:
        raise ImproperlyConfigured(fault)

"""The database context: which role a transaction runs as and whose reach the row-level policies compare with.

Everything is set in one statement, local to the transaction, and put back on the way out (walls §2): inside a
test's outer transaction, a request that did not put back would leave its reach to the next one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, transaction

from partnership.access.permissions import Permission
from partnership.access.viewer import NOBODY, Viewer, build_viewer

OWNER = "partnership_owner"
APP = "partnership_app"
WORKER = "partnership_worker"

REACH_SETTINGS: Mapping[str, Permission] = {
    "app.progress": Permission.SEE_PROGRESS,
    "app.coordinated": Permission.COORDINATE,
    "app.read": Permission.READ_HANDOVERS,
    "app.write": Permission.WRITE_HANDOVERS,
    "app.share": Permission.SHARE_HANDOVERS,
    "app.withdraw": Permission.WITHDRAW_HANDOVERS,
    "app.receive": Permission.RECEIVE_HANDOVERS,
    "app.teach": Permission.TEACH,
}
SETTINGS = ("role", "app.user", *REACH_SETTINGS, "app.class_pupils", "app.class_places")


def uuid_array(ids: Iterable[uuid.UUID]) -> str:
    """A PostgreSQL array literal; an empty one reads as no rows."""
    return "{" + ",".join(sorted(str(each) for each in ids)) + "}"


def context_of(viewer: Viewer, *, role: str = APP) -> dict[str, str]:
    """The settings that stand for a viewer. Without a second factor the reach over pupils is empty."""
    seen = viewer if viewer.mfa else NOBODY
    context = {"role": role, "app.user": str(viewer.user_id or "")}
    for name, permission in REACH_SETTINGS.items():
        context[name] = uuid_array(seen.reach(permission))
    places = [(school_id, pupil_id) for school_id, pupils in seen.class_places.items() for pupil_id in pupils]
    context["app.class_pupils"] = uuid_array({pupil_id for _, pupil_id in places})
    context["app.class_places"] = "{" + ",".join(sorted(f"{school}{pupil}" for school, pupil in places)) + "}"
    return context


def _set(values: Mapping[str, str]) -> None:
    """One statement, local to the transaction; the role is set last, since it may take away the right to set it."""
    names = sorted(values, key=lambda name: name == "role")
    calls = ", ".join("set_config(%s, %s, true)" for _ in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for name in names for part in (name, values[name])])


def _current() -> dict[str, str]:
    calls = ", ".join("current_setting(%s, true)" for _ in SETTINGS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", list(SETTINGS))
        row = cursor.fetchone()
    return {name: value or "" for name, value in zip(SETTINGS, row, strict=True)}


@contextmanager
def context(values: Mapping[str, str], *, before: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run the block in a transaction under these settings, and put back what was found before: nothing where the
    transaction is the outermost, since they end with it; `before`, where the caller has just set that.

    After a database error the transaction rolls back, and PostgreSQL undoes local settings with it."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if before is None and not outermost:
            before = _current()
        _set(values)
        yield
        if before is not None and not outermost:
            _set({name: before[name] if name != "role" else before[name] or "none" for name in values})


@contextmanager
def acting_as(user_id: uuid.UUID, *, mfa: bool = True) -> Iterator[Viewer]:
    """The block sees exactly what this person may see today: for mail at send time and for jobs begun by a person."""
    viewer = build_viewer(user_id=user_id, mfa=mfa)
    with context(context_of(viewer)):
        yield viewer


@contextmanager
def as_worker() -> Iterator[None]:
    """The block runs as the worker: messages, jobs and progress columns, never content."""
    with context(context_of(NOBODY, role=WORKER)):
        yield


def serving_role_fault() -> str:
    """Why the serving role must not serve, or '' when it may: superuser, BYPASSRLS, or owner of a table (walls §2)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT rolname, rolsuper, rolbypassrls,
                   EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                           WHERE c.relowner = r.oid AND c.relkind = 'r' AND n.nspname = 'public')
            FROM pg_roles r WHERE rolname = current_user
            """
        )
        name, superuser, bypass, owner = cursor.fetchone()
    for fault, sentence in (
        (superuser, "is a superuser"),
        (bypass, "may bypass row-level security"),
        (owner, "owns tables"),
    ):
        if fault:
            return f"The database role {name} {sentence}, so the walls around pupils would not hold. Serve as {APP}."
    return ""

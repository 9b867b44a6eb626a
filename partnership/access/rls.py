"""The database context: which role a transaction runs as and whose reach the row-level policies compare with.

Everything is set in one statement, local to the transaction, and put back on the way out (walls §2): inside a
test's outer transaction, a request that did not put back would leave its reach to the next one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

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
    "app.named": Permission.SEE_PUPILS,
    "app.manage": Permission.MANAGE_PUPILS,
    "app.places": Permission.SET_DESTINATIONS,
    "app.files": Permission.IMPORT_FILES,
    "app.allot": Permission.ALLOT_CLASSES,
    "app.appoint": Permission.APPOINT,
    "app.codes": Permission.GIVE_CODES,
    "app.controller": Permission.ACT_AS_CONTROLLER,
    "app.identity": Permission.NEW_IDENTITY,
    "app.sealed": Permission.SEE_SEALED,
}
BOOKING_SETTINGS: Mapping[str, Permission] = {
    "app.offer": Permission.BOOK_CPD,
    "app.staffed": Permission.BOOK_STAFF,
    "app.releases": Permission.RELEASE_STAFF,
}
"""Reach over colleagues alone, never over a pupil: it holds without a second factor too (walls §1)."""
WIDENINGS = (
    "app.tallied", "app.file_upns", "app.file_births", "app.file_schools", "app.operator", "app.standing",
    "app.health", "app.paired", "app.answer", "app.summed", "app.attended", "app.code", "app.proved", "app.published",
    "app.feed", "app.closing", "app.busy", "app.freed", "app.told",
)  # fmt: skip
"""What one act may see beyond its person's reach, for its own length: a sum, the children a file names, the file of a
command on the server, how files stand on the desk, since when something waits, who of the people in a room share a child,
one's own answer, answers without their authors, sessions of a former place in which one was, what a code stands for (a
certificate and its line of a register, a slip, a sign-in), what a partnership publishes, the one calendar whose secret is
held, an account that ends, when somebody is busy, times that a trigger takes away, what those
booked for one session were told."""


def uuid_array(ids: Iterable[uuid.UUID]) -> str:
    """A PostgreSQL array literal; an empty one reads as no rows."""
    return "{" + ",".join(sorted(str(each) for each in ids)) + "}"


def text_array(words: Iterable[str]) -> str:
    """The same for words; each is quoted, since files hold anything."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in sorted(words))
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"


def context_of(viewer: Viewer, *, role: str = APP) -> dict[str, str]:
    """The settings that stand for a viewer. Without a second factor the reach over pupils is empty."""
    seen = viewer if viewer.mfa else NOBODY
    context = {"role": role, "app.user": str(viewer.user_id or ""), **dict.fromkeys(WIDENINGS, "")}
    context["app.keeps"] = "on" if seen.is_superuser else ""
    for name, permission in REACH_SETTINGS.items():
        context[name] = uuid_array(seen.reach(permission))
    for name, permission in BOOKING_SETTINGS.items():
        context[name] = uuid_array(viewer.reach(permission))
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


def _swap(values: Mapping[str, str]) -> dict[str, str]:
    """The same, and in the same statement what they were before: read first, since the rest is worked out from it."""
    names = sorted(values, key=lambda name: name == "role")
    found = ", ".join("current_setting(%s, true)" for _ in names)
    calls = ", ".join("set_config(%s, %s, true)" for _ in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH before AS MATERIALIZED (SELECT {found}) SELECT before.*, {calls} FROM before",  # noqa: S608
            [*names, *(part for name in names for part in (name, values[name]))],
        )
        row = cursor.fetchone()
    return {name: value or "" for name, value in zip(names, row, strict=False)}


@contextmanager
def context(values: Mapping[str, str]) -> Iterator[None]:
    """Run the block in a transaction under these settings, and put back what was found before: nothing where the
    transaction is the outermost, since they end with it.

    After a database error the transaction rolls back, and PostgreSQL undoes local settings with it."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        before = _swap(values) if inside else {}
        if not inside:
            _set(values)
        yield
        if before:
            _set(before | ({"role": before["role"] or "none"} if "role" in before else {}))


@contextmanager
def nobody() -> Iterator[Viewer]:
    """Run the block as somebody of whom nothing is known: a request that nobody has signed in for."""
    with context(context_of(NOBODY)):
        yield NOBODY


@contextmanager
def acting_as(user_id: uuid.UUID, *, mfa: bool = True, user: Any = None) -> Iterator[Viewer]:
    """The block sees exactly what this person may see today: a request of theirs, mail at send time, a job they began.

    A person's own posts and classes are read before their reach is known, so it begins with their id alone. `user` is
    the person's row, where it has just been read."""
    begun = context_of(NOBODY) | {"app.user": str(user_id)}
    with context(begun):
        viewer = build_viewer(user_id=user_id, mfa=mfa, user=user)
        found = {name: value for name, value in context_of(viewer).items() if value != begun[name]}
        if found:
            _set(found)
        yield viewer


@contextmanager
def widened(**values: str) -> Iterator[None]:
    """While the block runs one named act sees more than its person does; the names are those of `WIDENINGS`."""
    with context({f"app.{name}": value for name, value in values.items()}):
        yield


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

"""Every table that reaches a child has row-level policies, or says why not (walls §2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.models import Model

CHILD = "schools.Pupil"

WALLED: Mapping[str, str] = {
    "transitions.Handover": "Both schools' staff who see progress, and the coordinators of either",
    "transitions.Section": "The present school's readers and the child's class teacher; never the next school",
    "transitions.Version": "The present school's readers; the next one's once shared, until withdrawn or redirected",
    "transitions.Receipt": "As the handover's progress",
    "transitions.HandoverStep": "As the handover's progress",
    "schools.SealedPupil": "Ids alone, so that every reader leaves them out; written by the head who seals",
    "transitions.ClosedPlace": "Both schools' staff who see progress; to the former one without a name",
    "transitions.Conversation": "Readers and teachers at either school",
    "transitions.ConversationLine": "Both schools' readers, the next one while the child is still coming to it",
}
"""Tables with row-level policies, and for whom they open: what is written of a child."""

NOT_YET: Mapping[str, str] = {
    "schools.Pupil": "`Pupil.visible_to` and `Transition.visible_to` hold",
    "schools.ClassPlace": "read only beside a child the viewer sees",
    "transitions.Transition": "`Transition.visible_to` holds; a composite key ties each handover to it",
    "transitions.DestinationChange": "read only beside a move the viewer sees",
    "schools.Import": "`Import.visible_to` holds",
    "schools.ImportRow": "read only beneath a file the viewer sees, and emptied when that is applied",
    "schools.ImportFile": "read by no page, deleted on apply or after 24 hours",
}
"""Tables that reach a child, or hold files about children, whose policies follow with the next issue, and what holds
until then. Policies began with what is written of a child, so that roles, requests, worker and tests are built for them."""

VERBS = {"r", "a", "w"}
"""SELECT, INSERT, UPDATE, as pg_policy names them: each table has a policy of its own for what the app may do."""


def reaching_children() -> set[str]:
    """The models from which keys lead to a child, directly or over others; through-tables included."""
    models = apps.get_models(include_auto_created=True)
    reached = {CHILD}
    while more := {each._meta.label for each in models if points_into(each, reached)} - reached:
        reached |= more
    return reached


def points_into(model: type[Model], reached: set[str]) -> bool:
    return any(
        field.is_relation
        and field.concrete
        and field.related_model
        and field.related_model._meta.label in reached
        for field in model._meta.get_fields()
        if hasattr(field, "concrete")
    )


@register(Tags.security)
def each_table_is_walled_or_says_why(
    app_configs: Sequence[Any] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A new table that reaches a child is noticed before it is served."""
    known = {*WALLED, *NOT_YET}
    faults: list[CheckMessage] = [
        Error(
            f"{label} reaches a child and has neither row-level policies nor a stated reason.",
            hint="Give it policies and name it in WALLED, or say in NOT_YET why it has none (transitions/checks.py).",
            id="transitions.E001",
        )
        for label in sorted(reaching_children() - known)
    ]
    there = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    faults += [
        Error(f"{label} is named among the walls and is no model.", id="transitions.E002")
        for label in sorted(known - there)
    ]
    return faults


@register(Tags.database)
def the_database_has_the_policies(
    databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Each walled table has permissive policies for reading, inserting and changing, and applies them. Runs after
    `migrate`, and with `check --database default`."""
    faults: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            for label in WALLED:
                faults += faults_of_table(cursor, apps.get_model(label)._meta.db_table)
    return faults


def faults_of_table(cursor: Any, table: str) -> list[CheckMessage]:
    cursor.execute(
        """
        SELECT c.relrowsecurity, c.relforcerowsecurity,
               array_agg(p.polcmd::text) FILTER (
                   WHERE p.polpermissive AND 'partnership_app'::regrole = ANY (p.polroles))
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.oid = to_regclass(%s) GROUP BY c.oid
        """,
        [table],
    )
    row = cursor.fetchone()
    if row is None:  # not migrated yet
        return []
    enabled, forced, verbs = row
    found = []
    if not enabled or forced:
        found.append(f"Row-level security of {table} must be enabled, and not forced (walls §2).")
    if (
        missing := VERBS
        - set(verbs or [])
        - ({"w"} if table.endswith(("receipt", "handoverstep", "sealedpupil")) else set())
    ):
        found.append(f"{table} has no policy of the app for {', '.join(sorted(missing))}.")
    return [Error(sentence, id="transitions.E003") for sentence in found]

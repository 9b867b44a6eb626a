"""Writing the rows of one file: children, their moves, their destinations, their classes, in the caller's transaction.

What each row would write was kept with it at the preview. As long as nothing has changed of what that rests on, it is
written as it is, in some fifteen statements however long the file; else every row is planned anew first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from partnership.audit.models import record_rows
from schools.actions.imports import rows as staged
from schools.actions.imports.base import Applying, ImportRefused
from schools.enums import Role, RowOutcome
from schools.models import ImportRow
from transitions.actions.applying import LEADS, Refused, tell
from transitions.actions.destinations import record_destination
from transitions.actions.imports import writing_sql as sql
from transitions.actions.imports.matching import lock_pupils
from transitions.actions.imports.planning import NEW_CHILD, USE, Plan, Planner, kept
from transitions.actions.imports.reach import named_in
from transitions.actions.imports.staged import Waiting
from transitions.models import Transition

GOES = (RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.UNCHANGED)
TRIES = 5
"""How often a reference that another move has by chance is drawn anew."""


def write_children(applying: Applying) -> dict[str, int]:
    """All good rows together. A row that has become impossible since the preview is left out and counted.

    Raises ImportRefused where the controllers of all its schools have yet to accept the sharing agreement."""
    named = sql.children_named(applying.importing.pk)
    with named_in(named):
        return write_rows(named, applying)


def write_rows(named: list[dict[str, Any]], applying: Applying) -> dict[str, int]:
    """The same, with the children of the rows in reach."""
    lock_pupils()
    importing = applying.importing
    today = timezone.localtime(applying.at).date()
    waiting = Waiting(sql.schools_going_in(importing.pk), importing.organisation, on=today)
    if waiting.whole:
        raise ImportRefused(waiting.reason)
    asked: dict[str, Any] = {"today": today, "trusted": importing.by_id is None, "barred": waiting.barred}
    as_shown = Planner(named, **asked).rests_on(named) == applying.facts.get("rests_on")
    rows = list(staged.decided_by_hand(importing) if as_shown else staged.going_in(importing))
    left_out = plan_anew(rows, Planner([row.data for row in rows], **asked))
    with sql.going(importing.pk) as going:
        save_pupils(going, applying)
        left_out += save_moves(going, applying)
        save_classes(going)
        tell_present_schools(applying)
    return {"left_out": left_out + going.twice, "children": going.children}


def plan_anew(rows: Sequence[ImportRow], planner: Planner) -> int:
    """Keep with each row what it comes to now; returns how many can no longer go in, which are left out."""
    plans = [(row, replanned(planner, row)) for row in rows]
    sql.replan(
        {
            "id": row.pk,
            "outcome": row.outcome if plan.outcome in GOES else RowOutcome.DROPPED,
            "plan": kept(plan, row.data) if plan.outcome in GOES else None,
        }
        for row, plan in plans
    )
    return sum(plan.outcome not in GOES for _row, plan in plans)


def replanned(planner: Planner, row: ImportRow) -> Plan:
    """The row as it stands now, with what a person decided about it."""
    decision = row.data.get("decision", "")
    if decision and decision not in (USE, NEW_CHILD):
        return planner.plan(row.data, target=uuid.UUID(decision))
    return planner.plan(row.data, new_child=decision == NEW_CHILD)


def save_pupils(going: sql.Going, applying: Applying) -> None:
    """New and changed children. Of a child another school keeps nothing changes."""
    if going.made:
        sql.insert_pupils()
        record_rows(
            "pupil.imported",
            f"SELECT 'schools.pupil', child_id, school_id, %s::jsonb FROM {sql.GOING} WHERE made",  # noqa: S608
            [sql.as_json({"import": str(applying.importing.pk)})],
            by=applying.by.user_id,
            at=applying.at,
        )
    if going.kept and sql.update_pupils() != going.kept:
        raise PermissionDenied("A child of the file is not in reach of who applies it.")


def save_moves(going: sql.Going, applying: Applying) -> int:
    """A move for each child that has none of that year; a destination where the file's is taken.

    Content opens to nobody by it: sharing is an act of its own. Returns how many destinations could not be set."""
    by, at = applying.by.user_id, applying.at
    begun = sql.insert_moves(at)
    for _again in range(TRIES):
        if begun == going.begun:
            break
        begun += sql.insert_moves_once_more(at)
    if begun != going.begun:
        raise IntegrityError("A child of the file has got another move of this year meanwhile.")
    if begun:
        move = f"SELECT 'transitions.transition', move_id, school_id, %s FROM {sql.GOING} WHERE begun"  # noqa: S608
        record_rows("move.begun", move % "'{}'::jsonb", [], by=by, at=at)
        sql.insert_destination_changes(by, at)
        record_rows("destination.set", move % sql.DESTINATION + " AND dest IS NOT NULL", [], by=by, at=at)
    refused = [move for move, to in sql.known_moves() if not set_destination(move, to, applying)]
    sql.leave_destinations(refused)
    return len(refused)


def set_destination(move_id: uuid.UUID, to: dict[str, str], applying: Applying) -> bool:
    """A known move's destination, through the one act that also closes the former school's access."""
    try:
        with transaction.atomic():
            record_destination(
                Transition(pk=move_id),
                state=to["state"],
                to_school_id=uuid.UUID(to["school"]),
                source=to["source"],
                on=date.fromisoformat(to["on"]),
                by=applying.by,
                at=applying.at,
            )
    except (Refused, PermissionDenied):
        return False
    return True


def save_classes(going: sql.Going) -> None:
    """Places in the classes the present school's file names; a child is in one of its classes at a time."""
    if going.classed:
        sql.insert_classes()
        sql.leave_other_classes()
        sql.take_places()


def tell_present_schools(applying: Applying) -> None:
    """A file of the next school never moves a child unseen: each present school is told how many of its children were
    placed by it, and how many it had not entered itself. No child is named: they stand on its board."""
    for school_id, number, added in sql.placed_by_next_school():
        tell(
            "places_listed",
            organisation_id=school_id,
            subject_id=applying.importing.pk,
            by=applying.by,
            at=applying.at,
            mark=str(school_id),
            roles=(*LEADS, Role.SCHOOL_OFFICE),
            next_school=applying.importing.organisation_id,
            children=number,
            added=added,
        )

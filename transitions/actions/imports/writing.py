"""Writing the rows of one file: children, their moves, their destinations, their classes, in the caller's transaction."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from partnership.audit.models import record_many
from schools.actions.imports.base import Applying, ImportRefused
from schools.actions.imports.rows import going_in
from schools.enums import Role, RowOutcome
from schools.models import ClassGroup, ClassPlace, ImportRow, Pupil
from transitions.actions.applying import LEADS, Refused, tell
from transitions.actions.destinations import record_destination
from transitions.actions.imports import facts as said
from transitions.actions.imports.matching import lock_pupils
from transitions.actions.imports.planning import NEW_CHILD, OWN, USE, Plan, Planner
from transitions.actions.imports.reach import named_in
from transitions.actions.imports.staged import Waiting
from transitions.models import NO_SCHOOL, DestinationChange, Transition
from transitions.models.moves import SEEN_FROM

GOES = (RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.UNCHANGED)
BATCH = 500


@dataclass(slots=True)
class Child:
    """One row that goes in, with the child it is about."""

    data: Mapping[str, Any]
    plan: Plan
    pupil: Pupil
    made: bool
    move: Transition | None = field(default=None)
    placed: bool = False
    """Whether the file's destination was taken."""


def write_children(applying: Applying) -> dict[str, int]:
    """All good rows together. A row that has become impossible since the preview is left out and counted.

    Raises ImportRefused where the controllers of all its schools have yet to accept the sharing agreement."""
    rows = list(going_in(applying.importing))
    with named_in(row.data for row in rows):
        return write_rows(rows, applying)


def write_rows(rows: Sequence[ImportRow], applying: Applying) -> dict[str, int]:
    """The same, with the children of the rows in reach."""
    lock_pupils()
    data = [row.data for row in rows]
    today = timezone.localtime(applying.at).date()
    waiting = Waiting(data, applying.importing.organisation, on=today)
    if waiting.whole:
        raise ImportRefused(waiting.reason)
    trusted = applying.importing.by_id is None
    planner = Planner(data, today=today, trusted=trusted, barred=waiting.barred)
    done: Counter[str] = Counter(left_out=0)
    children: list[Child] = []
    taken: set[uuid.UUID] = set()
    for row in rows:
        plan = replanned(planner, row)
        if plan.outcome not in GOES or (plan.pupil is not None and plan.pupil.pk in taken):
            done["left_out"] += 1
            continue
        child = child_of(row.data, plan)
        taken.add(child.pupil.pk)
        children.append(child)
    save_pupils(children, applying)
    save_moves(children, applying, done)
    save_classes(children)
    tell_present_schools(children, applying)
    done["children"] = len(children)
    return dict(done)


def replanned(planner: Planner, row: ImportRow) -> Plan:
    """The row as it stands now, with what a person decided about it."""
    decision = row.data.get("decision", "")
    if decision and decision not in (USE, NEW_CHILD):
        return planner.plan(row.data, target=uuid.UUID(decision))
    return planner.plan(row.data, new_child=decision == NEW_CHILD)


def child_of(data: Mapping[str, Any], plan: Plan) -> Child:
    """The known child, or a new one at the present school."""
    if plan.pupil is not None:
        return Child(data, plan, plan.pupil, made=False, move=plan.move)
    pupil = Pupil(id=uuid.uuid4(), school_id=uuid.UUID(data["school"]), added_because=data["because"])
    said.fill(pupil, data["facts"])
    return Child(data, plan, pupil, made=True)


def save_pupils(children: list[Child], applying: Applying) -> None:
    """New and changed children in one statement per batch. Of a child another school keeps nothing changes."""
    to_save = []
    for child in children:
        if child.made:
            to_save.append(child.pupil)
        elif child.data["mode"] == OWN:
            before = child.pupil.school_id
            said.fill(child.pupil, said.of_concern(child.data, child.pupil))
            child.pupil.school_id = uuid.UUID(child.data["school"])
            child.pupil.added_because = child.data["because"]
            if child.plan.changes or before != child.pupil.school_id:
                to_save.append(child.pupil)
    Pupil.objects.bulk_create(
        to_save,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["school", "name_key", "added_because", *said.LABELS],
    )
    told = {"import": str(applying.importing.pk)}
    record_many(
        "pupil.imported",
        by=applying.by.user_id,
        subjects=[(child.pupil, child.pupil.school_id, told) for child in children if child.made],
        at=applying.at,
    )


def save_moves(children: list[Child], applying: Applying, done: Counter[str]) -> None:
    """A move for each child that has none of that year; a destination where the file's is taken."""
    begun: list[Transition] = []
    changes: list[DestinationChange] = []
    for child in children:
        to = child.data.get("to") if child.plan.destination.applies else None
        if child.move is not None:
            if to:
                child.placed = set_destination(child.move, to, applying)
                done["left_out"] += not child.placed
            continue
        move = new_move(child, to, applying)
        child.move = move
        begun.append(move)
        if to:
            child.placed = True
            changes.append(first_change(move, applying))
    Transition.objects.bulk_create(begun, batch_size=BATCH)
    DestinationChange.objects.bulk_create(changes, batch_size=BATCH)
    by, at = applying.by.user_id, applying.at
    record_many("move.begun", by=by, subjects=[(move, move.school_id, {}) for move in begun], at=at)
    record_many(
        "destination.set",
        by=by,
        subjects=[(move, move.school_id, facts_of(move)) for move in begun if move.to_school_id],
        at=at,
    )


def facts_of(move: Transition) -> dict[str, Any]:
    """A first destination, for the audit."""
    return {"state": move.destination_state, "to": str(move.to_school_id), "source": move.destination_source}


def new_move(child: Child, to: Mapping[str, Any] | None, applying: Applying) -> Transition:
    """A move with the destination it begins with. Content opens to nobody by it: sharing is an act of its own."""
    leaving = child.data["move"]
    move = Transition(
        id=uuid.uuid4(),
        pupil=child.pupil,
        school_id=child.pupil.school_id,
        boundary=leaving["boundary"],
        entry_year=leaving["entry_year"],
        moves_on=date.fromisoformat(leaving["moves_on"]),
        created_at=applying.at,
    )
    if to:
        move.to_school_id = uuid.UUID(to["school"])
        move.destination_state = to["state"]
        move.destination_source = to["source"]
        move.destination_on = date.fromisoformat(to["on"])
        move.seen_by = move.to_school_id if to["state"] in SEEN_FROM else NO_SCHOOL
    return move


def first_change(move: Transition, applying: Applying) -> DestinationChange:
    """The first line of the destination's story."""
    return DestinationChange(
        transition=move,
        state=move.destination_state,
        to_school_id=move.to_school_id,
        source=move.destination_source,
        on=move.destination_on or applying.at.date(),
        by_id=applying.by.user_id,
        at=applying.at,
    )


def set_destination(move: Transition, to: Mapping[str, Any], applying: Applying) -> bool:
    """A known move's destination, through the one act that also closes the former school's access."""
    try:
        with transaction.atomic():
            record_destination(
                move,
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


def tell_present_schools(children: Sequence[Child], applying: Applying) -> None:
    """A file of the next school never moves a child unseen: each present school is told how many of its children were
    placed by it, and how many it had not entered itself. No child is named: they stand on its board."""
    placed: Counter[uuid.UUID] = Counter()
    added: Counter[uuid.UUID] = Counter()
    for child in children:
        if child.data["mode"] != OWN and child.placed:
            placed[child.pupil.school_id] += 1
            added[child.pupil.school_id] += child.made
    for school_id, number in placed.items():
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
            added=added[school_id],
        )


def save_classes(children: list[Child]) -> None:
    """Places in the classes the present school's file names; a child is in one of its classes at a time."""
    wanted = {
        child.pupil.pk: (child.pupil.school_id, child.data["facts"]["class_name"], child.pupil.year_group)
        for child in children
        if child.data["mode"] == OWN and child.data["facts"].get("class_name")
    }
    if not wanted:
        return
    groups: dict[tuple[uuid.UUID, str], ClassGroup] = {}
    for school_id, name, year in wanted.values():
        if (school_id, name) not in groups:
            groups[school_id, name], _ = ClassGroup.objects.get_or_create(
                school_id=school_id, name=name, defaults={"year_group": year}
            )
    for place in ClassPlace.objects.filter(pupil__in=wanted).select_related("class_group"):
        school_id, name, _year = wanted[place.pupil_id]
        if place.class_group.school_id == school_id and place.class_group.name != name:
            place.delete()
    ClassPlace.objects.bulk_create(
        [
            ClassPlace(pupil_id=pupil_id, class_group=groups[school_id, name])
            for pupil_id, (school_id, name, _year) in wanted.items()
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )

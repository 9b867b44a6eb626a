"""A child's name of every day, and a new identity after an order (practice P5)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction

from partnership.access.guards import ensure
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from schools.models import ClassPlace, Pupil, SealedPupil
from transitions.actions.applying import Refused
from transitions.actions.closings import close_place
from transitions.actions.moves import OTHER_FORM, add_pupil
from transitions.models import NO_SCHOOL, ClosedPlace, Handover, Transition
from transitions.rules import may_give_new_identity, may_manage


def change_known_as(move: Transition, *, known_as: str, by: Viewer, at: datetime) -> None:
    """The name used every day: all that changes before an order is made."""
    ensure(may_manage(by, move))
    if Pupil.objects.filter(pk=move.pupil_id).exclude(known_as=known_as).update(known_as=known_as):
        record("pupil.known_as", by=by.user_id, subject=move.pupil, organisation=move.school_id, at=at)


@transaction.atomic
def give_new_identity(
    move: Transition,
    *,
    id: uuid.UUID,
    forename: str,
    surname: str,
    born_on: date,
    order: str,
    by: Viewer,
    at: datetime,
) -> Transition:
    """A new child with a key of its own, and the old one sealed; nothing stored leads from one to the other.

    What goes along is what the class must know tomorrow: year, class, SEN provision. Destination, handover, UPN and history
    begin anew. The next school is told that a child is not coming, and asked to destroy its copies. It cannot be undone."""
    ensure(may_give_new_identity(by, move))
    old = Pupil.objects.select_for_update().filter(pk=move.pupil_id).first()
    if old is None:
        raise Refused("This child already has a new identity.")
    if id == old.pk:
        raise Refused(OTHER_FORM)
    place = ClassPlace.objects.filter(pupil=old, class_group__school=old.school_id).first()
    new = add_pupil(
        id=id,
        school_id=old.school_id,
        forename=forename,
        surname=surname,
        known_as="",
        born_on=born_on,
        year_group=old.year_group or 0,
        sen_provision=old.sen_provision,
        class_group=place.class_group if place else None,
        boundary=move.boundary,
        entry_year=move.entry_year,
        moves_on=move.moves_on,
        by=by,
        at=at,
    )
    seal(old, order=order, by=by, at=at)
    return new


def seal(old: Pupil, *, order: str, by: Viewer, at: datetime) -> None:
    """Hide the old record: the row in `SealedPupil` comes last, since from then on nobody sees any of it."""
    moves = list(Transition.objects.filter(pupil=old))
    handovers = Handover.objects.filter(transition__in=moves).values_list("pk", flat=True)
    for each in moves:
        if each.seen_by != NO_SCHOOL:
            close_place(each, by=by, at=at)
    closed = ClosedPlace.objects.filter(pupil=old).values_list("pk", flat=True)
    subjects = [old.pk, *(each.pk for each in moves), *handovers, *closed]
    ClassPlace.objects.filter(pupil=old).delete()
    Pupil.objects.filter(pk=old.pk).update(upn="")
    record(
        "pupil.identity_sealed",
        by=by.user_id,
        subject=old,
        organisation=old.school_id,
        at=at,
        facts={"order": order},
    )
    SealedPupil(pupil=old, school_id=old.school_id, subjects=subjects, at=at).save(force_insert=True)

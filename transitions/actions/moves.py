"""A child's move comes into being: from a file, or by hand."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.lib.once import UsedElsewhere, make_once
from schools.models import ClassGroup, ClassPlace, Pupil
from schools.queries.agreements import why_not
from transitions.actions.applying import OTHER_FORM, Refused
from transitions.models import Transition


def ensure_transition(
    pupil: Pupil, *, entry_year: int, boundary: str, moves_on: date, by: Viewer, at: datetime
) -> tuple[Transition, bool]:
    """The child's one move over this boundary in this year, made where it is missing; and whether it was."""
    move, made = Transition.objects.get_or_create(
        pupil=pupil,
        entry_year=entry_year,
        boundary=boundary,
        defaults={"school_id": pupil.school_id, "moves_on": moves_on, "created_at": at},
    )
    if made:
        record("move.begun", by=by.user_id, subject=move, organisation=move.school_id, at=at)
    return move, made


@transaction.atomic
def add_pupil(
    *,
    id: uuid.UUID,
    school_id: uuid.UUID,
    forename: str,
    surname: str,
    known_as: str,
    born_on: date,
    year_group: int,
    sen_provision: str,
    class_group: ClassGroup | None,
    boundary: str,
    entry_year: int,
    moves_on: date,
    by: Viewer,
    at: datetime,
) -> Transition:
    """A child added by hand, with the move. `id` comes with the form, so that a form sent twice adds one child.

    Raises Refused where the school's controller has not accepted the sharing agreement."""
    if reason := why_not([school_id], on=timezone.localdate(at), asker=by.user_id):
        raise Refused(reason)
    try:
        pupil: Pupil
        pupil, made = make_once(
            Pupil.objects,
            id,
            school_id=school_id,
            forename=forename,
            surname=surname,
            known_as=known_as,
            born_on=born_on,
            year_group=year_group,
            sen_provision=sen_provision,
            added_because="by_hand",
        )
    except UsedElsewhere:
        raise Refused(OTHER_FORM) from None
    if not made and (pupil.school_id, pupil.added_because) != (school_id, "by_hand"):
        raise Refused(OTHER_FORM)
    if made and class_group is not None:
        ClassPlace.objects.create(class_group=class_group, pupil=pupil)
    if made:
        record("pupil.added", by=by.user_id, subject=pupil, organisation=school_id, at=at)
    move, _ = ensure_transition(
        pupil, entry_year=entry_year, boundary=boundary, moves_on=moves_on, by=by, at=at
    )
    return move

"""What follows when a destination changes: the former school confirms, the present one tells the family (practice P3)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from transitions.actions.applying import Refused, tell
from transitions.models import ClosedPlace, Transition
from transitions.rules import may_confirm_destroyed, may_set_destination


def close_place(move: Transition, *, by: Viewer, at: datetime) -> ClosedPlace:
    """The school that sees the child will see it no more: it is asked to destroy what it printed or downloaded.

    Called before the move itself changes, in the same transaction."""
    place = ClosedPlace(
        transition=move,
        reference=move.reference,
        pupil_id=move.pupil_id,
        school_id=move.school_id,
        former_id=move.seen_by,
        by_id=by.user_id,
        at=at,
    )
    place.save(force_insert=True)
    tell(
        "destination_changed",
        organisation_id=move.seen_by,
        subject_id=move.pk,
        by=by,
        at=at,
        mark=at.isoformat(),
        urgency=Urgency.NOW,
        reference=move.reference.lower(),
    )
    return place


@transaction.atomic
def confirm_destroyed(place: ClosedPlace, *, by: Viewer, at: datetime) -> None:
    """Somebody at the former school says that nothing is left there: a named person, a time. The first word stands."""
    ensure(may_confirm_destroyed(by, place))
    rows = ClosedPlace.objects.filter(pk=place.pk, destroyed_at__isnull=True)
    if not rows.update(destroyed_at=at, destroyed_by_id=user_id_of(by)):
        return
    record("copies.destroyed", by=by.user_id, subject=place, organisation=place.former_id, at=at)
    tell(
        "copies_destroyed",
        organisation_id=place.school_id,
        subject_id=place.pk,
        by=by,
        at=at,
        mark="once",
        reference=place.reference.lower(),
    )


@transaction.atomic
def record_family_told(move: Transition, *, on: date, how: str, by: Viewer, at: datetime) -> None:
    """The present school has told the family of every change so far that they had not been told of."""
    ensure(may_set_destination(by, move))
    if on > timezone.localdate(at):
        raise Refused("That day is still to come.")
    rows = ClosedPlace.objects.filter(transition=move, told_on__isnull=True)
    if rows.update(told_at=at, told_on=on, told_how=how, told_by_id=user_id_of(by)):
        record(
            "family.told", by=by.user_id, subject=move, organisation=move.school_id, at=at, facts={"how": how}
        )

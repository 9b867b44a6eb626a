"""At the next school: received by a named adult, accepted once people have met, settled; and the child's class there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.lib.dates import day_words
from schools.models import ClassGroup, ClassPlace
from transitions.actions.applying import Refused, apply_move, tell, write_step
from transitions.models import Handover, Receipt, Transition, Version
from transitions.rules import may_accept, may_allot, may_receive, stands_on_both_sides


@transaction.atomic
def receive(version: Version, handover: Handover, *, by: Viewer, at: datetime) -> Receipt:
    """Somebody at the next school says they have read this version: a named person, a time. Twice leaves one receipt."""
    own = version.school_id == version.reader_id and version.shared_by_id == by.user_id
    if own or stands_on_both_sides(by, handover):
        raise Refused(
            "You stand on both sides of this handover: a second adult of the next school receives it."
        )
    ensure(may_receive(by, handover))
    receipt, made = Receipt.objects.get_or_create(
        version=version,
        by_id=user_id_of(by),
        defaults={
            "pupil_id": version.pupil_id,
            "school_id": version.school_id,
            "reader_id": version.reader_id,
            "at": at,
        },
    )
    if not made:
        return receipt
    first = Handover.objects.filter(pk=handover.pk, latest=version.number, received_at__isnull=True).update(
        received_at=at
    )
    if first:
        write_step(handover, "receive", before=handover.state, by=by, at=at, reader_id=version.reader_id)
        tell(
            "handover_received",
            organisation_id=handover.school_id,
            subject_id=handover.pk,
            by=by,
            at=at,
            mark=str(version.number),
            version=version.number,
        )
    record(
        "handover.received",
        by=by.user_id,
        subject=handover,
        organisation=version.reader_id,
        at=at,
        facts={"version": version.number},
    )
    return receipt


@transaction.atomic
def accept(handover: Handover, *, by: Viewer, at: datetime) -> Handover:
    """Green: people have met, and the latest version has been received."""
    ensure(may_accept(by, handover))
    if handover.received_at is None:
        raise Refused("Nobody at the next school has marked the latest version as read yet: read it first.")
    apply_move(
        handover,
        "accept",
        by=by,
        at=at,
        reader_id=handover.seen_by,
        expect={"received_at__isnull": False, "latest": handover.latest},
        accepted_at=at,
    )
    tell(
        "handover_accepted",
        organisation_id=handover.school_id,
        subject_id=handover.pk,
        by=by,
        at=at,
        mark=str(handover.latest),
    )
    return handover


@transaction.atomic
def settle(handover: Handover, *, note: str, by: Viewer, at: datetime) -> Handover:
    """The child has settled at the next school; `note` is one friendly line for those who sent them (practice P16).

    Nobody settles before they have come: refused before the day of the move."""
    ensure_come(handover, at=at)
    apply_move(handover, "settle", by=by, at=at, reader_id=handover.seen_by, note=note, settled_at=at)
    tell(
        "handover_settled",
        organisation_id=handover.school_id,
        subject_id=handover.pk,
        by=by,
        at=at,
        mark="once",
    )
    return handover


def ensure_come(handover: Handover, *, at: datetime) -> None:
    """Raises Refused before the day of the move."""
    moves_on = Transition.objects.values_list("moves_on", flat=True).get(pk=handover.transition_id)
    if timezone.localdate(at) < moves_on:
        raise Refused(
            f"The child is expected on {day_words(moves_on)}: say it once they have come and settled."
        )


@transaction.atomic
def allot(handover: Handover, class_group: ClassGroup | None, *, by: Viewer, at: datetime) -> None:
    """Put an incoming child in a class, whose teachers may then read what was shared; None takes the place away."""
    ensure(may_allot(by, handover))
    if class_group is not None and class_group.school_id != handover.seen_by:
        raise Refused("That class is at another school.")
    ClassPlace.objects.filter(pupil=handover.pupil_id, class_group__school=handover.seen_by).delete()
    if class_group is not None:
        ClassPlace.objects.create(class_group=class_group, pupil_id=handover.pupil_id)
    record(
        "pupil.allotted",
        by=by.user_id,
        subject=handover,
        organisation=handover.seen_by,
        at=at,
        facts={"class": str(class_group.pk) if class_group else ""},
    )

"""Where a child goes next, and what a change of it ends (practice P3)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction

from partnership.access.guards import ensure
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from transitions.actions.applying import Refused, apply_move, tell
from transitions.actions.closings import close_place
from transitions.enums import DestinationSource, DestinationState, HandoverState
from transitions.models import NO_SCHOOL, DestinationChange, Handover, Transition
from transitions.models.moves import SEEN_FROM, SHARED_FROM
from transitions.rules import may_set_destination

OPEN_STATES = (HandoverState.SHARED, HandoverState.MET, HandoverState.ACCEPTED)
NO_DESTINATION = (DestinationState.NONE, DestinationState.WITHDRAWN)


def set_destination(
    transition_: Transition,
    *,
    state: str,
    to_school_id: uuid.UUID | None,
    elsewhere: str = "",
    elsewhere_name: str = "",
    source: str,
    on: date,
    by: Viewer,
    at: datetime,
) -> Transition:
    """The present school says where the child goes. Raises PermissionDenied, or Refused with a sentence."""
    ensure(may_set_destination(by, transition_))
    return record_destination(
        transition_,
        state=state,
        to_school_id=to_school_id,
        elsewhere=elsewhere,
        elsewhere_name=elsewhere_name,
        source=source,
        on=on,
        by=by,
        at=at,
    )


@transaction.atomic
def record_destination(
    transition_: Transition,
    *,
    state: str,
    to_school_id: uuid.UUID | None,
    elsewhere: str = "",
    elsewhere_name: str = "",
    source: str,
    on: date,
    by: Viewer,
    at: datetime,
) -> Transition:
    """Write a destination that somebody entitled to it said: the present school, or an offer list.

    Where the school changes, what was shared closes for the former one in the same transaction, and the sender may share
    again. Offer lists of others never replace a place that is accepted or named: that is refused with a sentence."""
    move = Transition.objects.select_for_update().get(pk=transition_.pk)
    if state in NO_DESTINATION:
        to_school_id, elsewhere, elsewhere_name = None, "", ""
    if to_school_id is not None and to_school_id == move.school_id and not within_one_school(move):
        raise Refused("The next school cannot be the present one.")
    former = move.to_school_id
    changed = former is not None and former != to_school_id
    outside = source in (DestinationSource.NEXT_SCHOOL, DestinationSource.LA_LIST, DestinationSource.CTF)
    if changed and outside and move.may_share_now and not may_set_destination(by, move):
        raise Refused("Another school is recorded as accepted: ask the present school.")
    seen_by = to_school_id if to_school_id is not None and state in SEEN_FROM else NO_SCHOOL
    handover = Handover.objects.filter(transition=move).first()
    if handover is not None and handover.state == HandoverState.SETTLED and former != to_school_id:
        raise Refused(
            "This child has settled at the next school. A further move is a new one: add it by hand."
        )
    loses_sight = move.seen_by not in (seen_by, NO_SCHOOL)
    if handover is not None and handover.state in OPEN_STATES and (loses_sight or state not in SHARED_FROM):
        apply_move(handover, "change_destination", by=by, at=at, reader_id=move.seen_by, received_at=None)
        if not loses_sight:
            close_for_now(move, handover, by=by, at=at)
    if loses_sight:
        close_place(move, by=by, at=at)
    Transition.objects.filter(pk=move.pk).update(
        destination_state=state,
        destination_source="" if state == DestinationState.NONE else source,
        destination_on=on,
        to_school_id=to_school_id,
        elsewhere=elsewhere,
        elsewhere_name=elsewhere_name,
        seen_by=seen_by,
    )
    DestinationChange.objects.create(
        transition=move,
        state=state,
        to_school_id=to_school_id,
        elsewhere=elsewhere,
        source=source,
        on=on,
        changed_school=changed,
        by_id=by.user_id,
        at=at,
    )
    record(
        "destination.set",
        by=by.user_id,
        subject=move,
        organisation=move.school_id,
        at=at,
        facts={"state": state, "to": str(to_school_id or ""), "former": str(former or ""), "source": source},
    )
    transition_.refresh_from_db()
    return transition_


def close_for_now(move: Transition, handover: Handover, *, by: Viewer, at: datetime) -> None:
    """The place is less sure than it was, at the same school: it keeps the name and loses the content (practice P3).

    Taking the child from its sight for a moment is what closes a version for good, in the database itself."""
    Transition.objects.filter(pk=move.pk).update(
        destination_state=DestinationState.EXPECTED, seen_by=NO_SCHOOL
    )
    tell(
        "handover_withdrawn",
        organisation_id=move.seen_by,
        subject_id=handover.pk,
        by=by,
        at=at,
        mark=at.isoformat(),
        urgency=Urgency.NOW,
    )


def within_one_school(move: Transition) -> bool:
    """An all-through school has the boundary inside it (practice P22)."""
    low, high = move.school.low_age, move.school.high_age
    return low is not None and high is not None and low <= 7 and high >= 16

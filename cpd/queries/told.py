"""What messages about bookings speak of, as their reader may know it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from cpd.enums import SessionState
from cpd.models import Booking, Session
from cpd.queries.queue import queues_of
from cpd.rules import Standing
from partnership.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Told:
    """A booking of the reader's own and where it stands; without a standing it is cancelled, or somebody else's now."""

    booking: Booking
    session: Session
    standing: Standing | None

    @property
    def ahead(self) -> bool:
        return self.session.starts_at > timezone.now()

    @property
    def has_place(self) -> bool:
        return (
            self.standing is not None
            and self.standing.placed
            and self.session.state == SessionState.OFFERED
            and self.ahead
        )


def told_of(viewer: Viewer, booking_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Told]:
    """What messages of the viewer's own say of these bookings, those given back or passed on included."""
    known = Booking.objects.in_offer_of(viewer)
    rows = list(known.filter(pk__in=booking_ids).select_related("session__programme", "session__venue"))
    sessions = {each.session_id: each.session for each in rows}
    queues = queues_of(sessions.values(), known, today=timezone.localdate())
    found = {}
    for each in rows:
        mine = each.cancelled_at is None and each.person_id == viewer.user_id
        standing = (queues[each.session_id].found or {}).get(each.pk) if mine else None
        found[each.pk] = Told(each, sessions[each.session_id], standing)
    return found

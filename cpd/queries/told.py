"""What messages about bookings speak of, as their reader may know it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils import timezone

from cpd.enums import SessionState
from cpd.models import Booking, Session, Talk
from cpd.queries.queue import queues_of
from cpd.queries.talks import talks_in
from cpd.rules import Standing
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Told:
    """A booking of the reader's own and where it stands; without a standing it is cancelled, or somebody else's now."""

    booking: Booking
    session: Session
    standing: Standing | None
    talks: Sequence[Talk] = ()

    @property
    def ahead(self) -> bool:
        return self.session.starts_at > timezone.now()

    @property
    def is_booked(self) -> bool:
        """For a session that is still to come and takes place."""
        return self.standing is not None and self.session.state == SessionState.OFFERED and self.ahead

    @property
    def has_place(self) -> bool:
        return self.is_booked and self.standing is not None and self.standing.placed


def told_of(viewer: Viewer, booking_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Told]:
    """What messages of the viewer's own say of these bookings, those given back or passed on included."""
    known = Booking.objects.in_offer_of(viewer)
    rows = list(known.filter(pk__in=booking_ids).select_related("session__programme", "session__venue"))
    sessions = {each.session_id: each.session for each in rows}
    queues = queues_of(sessions.values(), known, today=timezone.localdate())
    talks = talks_in(viewer, sessions)
    found = {}
    for each in rows:
        mine = each.cancelled_at is None and each.person_id == viewer.user_id
        standing = queues[each.session_id].found.get(each.pk) if mine else None
        here = [talk for talk in talks if mine and talk.session_id == each.session_id]
        found[each.pk] = Told(each, sessions[each.session_id], standing, here)
    return found


@dataclass(frozen=True, slots=True)
class StaffTold:
    """A session near at hand, and who of the reader's staff has a place in it."""

    session: Session
    names: tuple[str, ...]


def staff_told_of(viewer: Viewer, session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, StaffTold]:
    """By session, those with a place whom the viewer lets go: their staff's line manager or the head."""
    own = Q(person__posts__line_manager=viewer.user_id, person__posts__organisation=F("organisation"))
    rows = Booking.objects.live().filter(session__in=session_ids).exclude(person=viewer.user_id)
    rows = rows.filter(own | Q(organisation__in=viewer.reach(Permission.RELEASE_STAFF))).distinct()
    staff = list(rows.select_related("session__programme", "session__venue", "person"))
    sessions = {each.session_id: each.session for each in staff}
    queues = queues_of(sessions.values(), Booking.objects.in_offer_of(viewer), today=timezone.localdate())
    names: dict[uuid.UUID, list[str]] = {}
    for each in staff:
        if queues[each.session_id].standing(each.pk).placed:
            names.setdefault(each.session_id, []).append(each.person.name)
    return {pk: StaffTold(sessions[pk], tuple(sorted(found))) for pk, found in names.items()}

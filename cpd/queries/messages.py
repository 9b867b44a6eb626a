"""What was told about a session, for its coordinator: to whom, when, read or mailed. Never a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cpd.models import Booking, Session
from partnership.access import rls
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.outbox.models import Message

KINDS = {
    "cpd.booked": "Booked",
    "cpd.booked_for_you": "Booked by a colleague",
    "cpd.given_back": "Cancelled or passed on",
    "cpd.came_free": "A place came free",
    "cpd.soon": "Reminder",
    "cpd.moved": "New time or place",
    "cpd.called_off": "Called off",
}
"""Those about a booking. Of what two people are offered because they share a child nothing is shown here."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message: what for, to whom, since when it stands in the inbox, and what became of it."""

    about: str
    person: str
    at: datetime
    read_at: datetime | None
    mailed_at: datetime | None
    no_longer: bool
    parked: bool


def messages_about(viewer: Viewer, session: Session) -> Sequence[Sent]:
    """The latest first; empty for whoever does not keep the session."""
    if not viewer.may(Permission.COORDINATE, session.partnership_id):
        return []
    rows = Booking.objects.visible_to(viewer).filter(session=session)
    bookings = list(rows.values_list("pk", "person", "by", "cancelled_by"))
    people = {person for _, *three in bookings for person in three if person}
    with rls.widened(told=rls.uuid_array(pk for pk, *_ in bookings)):
        told = Message.objects.filter(
            recipient__in=people, kind__in=KINDS, facts__subject__in=[str(pk) for pk, *_ in bookings]
        )
        found = told.order_by("-due_at", "recipient__name_key", "pk").values_list(
            "kind",
            "recipient__name",
            "due_at",
            "read_at",
            "delivery__sent_at",
            "dropped_reason",
            "delivery__state",
        )
        return [
            Sent(KINDS[kind], name, due, read, mailed, bool(dropped), state == "parked")
            for kind, name, due, read, mailed, dropped, state in found
        ]

"""Slips to print, and the booking behind a code."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from cpd.models import Booking, Session, Slip
from cpd.queries.offer import Whole, place_words
from cpd.rules.codes import spaced
from partnership.access import rls
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on one slip."""

    name: str
    code: str
    stands: str
    placed: bool


def slips_of(viewer: Viewer, line: Whole) -> list[Printed]:
    """Those made for one's staff in this session whose booking still holds, by name."""
    rows = (
        Slip.objects.visible_to(viewer)
        .filter(
            booking__session=line.session, booking__cancelled_at__isnull=True, person=F("booking__person")
        )
        .select_related("person")
        .order_by("person__name_key", "pk")
    )
    found = []
    for each in rows:
        standing = line.queue.standing(each.booking_id)
        stands = place_words(standing, line.session)
        found.append(Printed(each.person.name, spaced(each.code), stands, standing.placed))
    return found


def without_mail(viewer: Viewer, session: Session) -> list[Booking]:
    """Bookings of one's staff in this session who have no mail address and no slip yet."""
    rows = (
        Booking.objects.visible_to(viewer)
        .live()
        .filter(session=session, person__email__isnull=True)
        .filter(organisation__in=viewer.reach(Permission.BOOK_STAFF))
    )
    return list(rows.exclude(pk__in=Slip.objects.filter(person=F("booking__person")).values("booking_id")))


def slip_by_code(code: str) -> Slip | None:
    """The slip of a code, for whoever has it in hand. What it leads to is asked as the person it was made for."""
    with rls.widened(code=code):
        return Slip.objects.filter(code=code).first()

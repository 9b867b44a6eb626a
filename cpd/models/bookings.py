"""Bookings: a number drawn in a session's queue, for one person. Who has a place is worked out (`cpd.rules.queue`)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q

from cpd.enums import SessionState
from cpd.models.days import partnerships_of
from cpd.models.sessions import Session
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import Organisation


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a session's queue holds: how many still want to come, whether any of them as a party, which of some people are
    among them, and whether any of these is booked elsewhere at that time."""

    live: int
    parties: bool
    there: frozenset[uuid.UUID]
    elsewhere: bool


class BookingQuerySet(models.QuerySet["Booking"]):
    def live(self) -> BookingQuerySet:
        """Neither cancelled nor moved away."""
        return self.filter(cancelled_at__isnull=True)

    def ahead(self, session: Session, people: Collection[uuid.UUID]) -> Ahead:
        """For the act of booking, which holds the session's row: all it asks of the queue, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), coalesce(bool_or(together), false),"
                " coalesce(array_agg(person_id) FILTER (WHERE person_id = ANY(%(people)s)), '{}'),"
                " EXISTS (SELECT FROM cpd_booking b JOIN cpd_session s ON s.id = b.session_id"
                " WHERE b.person_id = ANY(%(people)s) AND b.cancelled_at IS NULL AND s.id <> %(session)s"
                " AND s.state = %(offered)s AND s.starts_at < %(ends)s AND s.ends_at > %(starts)s)"
                " FROM cpd_booking WHERE session_id = %(session)s AND cancelled_at IS NULL",
                {
                    "people": list(people),
                    "session": session.pk,
                    "offered": SessionState.OFFERED.value,
                    "starts": session.starts_at,
                    "ends": session.ends_at,
                },
            )
            live, parties, there, elsewhere = cursor.fetchone()
        return Ahead(live, parties, frozenset(there), elsewhere)

    def in_offer_of(self, viewer: Viewer) -> BookingQuerySet:
        """Numbers and schools of the viewer's own partnerships: from these everyone may work out where they stand."""
        return self.filter(
            Q(partnership__in=partnerships_of(viewer))
            | Q(partnership__in=viewer.reach(Permission.COORDINATE))
        )

    def visible_to(self, viewer: Viewer) -> BookingQuerySet:
        """By name: one's own, one's staff's for who books for them, those of one's own sessions, those one keeps."""
        return self.filter(
            Q(person=viewer.user_id)
            | Q(organisation__in=viewer.reach(Permission.BOOK_STAFF))
            | Q(session__facilitator=viewer.user_id)
            | Q(partnership__in=viewer.reach(Permission.COORDINATE))
        )


class Booking(models.Model):
    """One person's turn in the queue of one session. A party booked together shares `party`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="bookings")
    partnership = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bookings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    party = models.UUIDField(null=True)
    together = models.BooleanField(default=False)
    waited = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)
    late = models.BooleanField("cancelled late", default=False)
    passed = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    """How often it was passed on: a calendar takes back what it let go only by a higher number (RFC 5545, SEQUENCE)."""

    objects = BookingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["session", "number"], name="booking_queue", condition=Q(cancelled_at__isnull=True)
            ),
            models.Index(fields=["person", "-at"], name="booking_person"),
            models.Index(fields=["organisation", "-at"], name="booking_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=Q(cancelled_at__isnull=True), name="booking_once"
            ),
            models.UniqueConstraint(fields=["session", "number"], name="booking_number_once"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, late=False)
                | Q(cancelled_at__isnull=False, cancelled_at__gte=F("at")),
                name="booking_cancelled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Number {self.number}"

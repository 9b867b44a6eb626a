"""What the register of a session says: who was in the room, by whom it was marked and when."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower

from cpd.enums import Came
from cpd.models.sessions import Session
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import Organisation


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, viewer: Viewer) -> AttendanceQuerySet:
        """One's own, one's staff's for who books for them, those of one's own sessions, those one keeps."""
        return self.filter(
            Q(person=viewer.user_id)
            | Q(organisation__in=viewer.reach(Permission.BOOK_STAFF))
            | Q(session__facilitator=viewer.user_id)
            | Q(partnership__in=viewer.reach(Permission.COORDINATE))
        )

    def in_the_room(self) -> AttendanceQuerySet:
        """Whoever was there, for all of it or a part."""
        return self.exclude(came=Came.ABSENT)

    def hold(self, session_id: uuid.UUID) -> None:
        """Until the transaction ends nobody else writes in this register: two phones that send at once take turns."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"register:{session_id}"]
            )

    def training_of(self, people: Collection[uuid.UUID]) -> AttendanceQuerySet:
        """Where these people were at what counts as statutory training, at whichever school they worked then."""
        counts = ~Q(session__programme__counts_for="")
        return self.in_the_room().filter(counts, person__in=people)


class Attendance(models.Model):
    """One line of a register. Its id may be made where it was ticked, on a phone without a signal, so that the same tick
    sent twice is one line; where two people ticked, the later tick stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    partnership = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="attendances"
    )
    name = models.CharField(max_length=150, blank=True)
    """Of somebody who walked in and has no account; empty where there is a person."""
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    came = models.CharField(max_length=10, choices=Came)
    walked_in = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    """When it was ticked, which may be before it was sent."""

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "session"], name="attendance_person"),
            models.Index(fields=["organisation", "session"], name="attendance_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="attendance_once"),
            models.UniqueConstraint(
                "session",
                "organisation",
                Lower("name"),
                condition=Q(person__isnull=True),
                name="attendance_name_once",
            ),
            models.CheckConstraint(condition=Q(came__in=Came.values), name="attendance_came_known"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, name="") | Q(person__isnull=True) & ~Q(name=""),
                name="attendance_of_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_came_display()}"

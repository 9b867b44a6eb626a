"""Printed slips for those without a mail address: a code that leads to one booking."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from cpd.models.bookings import Booking
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import Organisation


class SlipQuerySet(models.QuerySet["Slip"]):
    def visible_to(self, viewer: Viewer) -> SlipQuerySet:
        """Those of one's staff, to print them again."""
        return self.filter(organisation__in=viewer.reach(Permission.BOOK_STAFF))


class Slip(models.Model):
    """Whoever holds the code reads where this person stands in one session, and may give the place back. It ends with the
    booking, and where somebody else comes instead."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=16, unique=True)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="slips")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SlipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "person"], name="slip_once")]

    def __str__(self) -> str:
        return self.code

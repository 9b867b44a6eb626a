"""A code for having been there. Whether a certificate stands is read from the register, never stored."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from cpd.models.attendance import Attendance
from partnership.access.viewer import Viewer


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, viewer: Viewer) -> CertificateQuerySet:
        """One's own."""
        return self.filter(person=viewer.user_id)


class Certificate(models.Model):
    """The code under which anyone who holds it may ask whether somebody was there. It stays the same when the register is
    corrected and corrected back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=16, unique=True)
    attendance = models.OneToOneField(Attendance, on_delete=models.PROTECT, related_name="certificate")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField()

    objects = CertificateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code

"""Children with a new identity: the old record is hidden everywhere, its audit kept for the officer alone (practice P5)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models.organisations import Organisation


class SealedPupilQuerySet(models.QuerySet["SealedPupil"]):
    def visible_to(self, viewer: Viewer) -> SealedPupilQuerySet:
        """The data protection officers of the school, to inspect the audit."""
        return self.filter(school__in=viewer.reach(Permission.SEE_SEALED))


class SealedPupil(models.Model):
    """That a child's record is sealed. There is no way back, and nothing leads from here to who they are now."""

    pupil = models.OneToOneField(
        "schools.Pupil", primary_key=True, on_delete=models.CASCADE, related_name="sealed"
    )
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subjects = ArrayField(models.UUIDField())
    """The ids under which the audit speaks of the child: record, moves, handovers."""
    at = models.DateTimeField()

    objects = SealedPupilQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Sealed {self.at:%d %B %Y}"


def not_sealed(column: str) -> Any:
    """A condition for rows whose pupil, by this column, is not sealed; managers begin with it, so nothing forgets it."""
    return ~Exists(SealedPupil.objects.filter(pupil=OuterRef(column)))

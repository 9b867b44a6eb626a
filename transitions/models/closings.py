"""What a changed destination leaves to be done: prints destroyed at the former school, the family told (practice P3)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from transitions.enums import TellingWay
from transitions.models.moves import Transition


class ClosedPlaceQuerySet(models.QuerySet["ClosedPlace"]):
    def visible_to(self, viewer: Viewer) -> ClosedPlaceQuerySet:
        """Both sides' staff; the former school sees the reference alone, which its own prints bear."""
        here = viewer.reach(Permission.SEE_PROGRESS)
        return self.filter(Q(school__in=here) | Q(former__in=here))


class ClosedPlace(models.Model):
    """A school that saw a child and sees it no more. The row outlives that, to say who destroyed copies and when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="closed_places")
    reference = models.CharField(max_length=12)
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    former = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    destroyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    destroyed_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    told_at = models.DateTimeField(null=True)
    """When it was recorded; `told_on` is the day they were told."""
    told_on = models.DateField(null=True)
    told_how = models.CharField(max_length=10, choices=TellingWay, blank=True)

    objects = ClosedPlaceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["former", "destroyed_at"], name="closed_place_former"),
            models.Index(fields=["school"], name="closed_place_school"),
        ]

    def __str__(self) -> str:
        return self.reference

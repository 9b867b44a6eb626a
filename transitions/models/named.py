"""Adults who know a child, or will: named by the lead of their own school, so that they find each other (practice P18)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from partnership.access.classes import in_class_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models.sealed import not_sealed
from transitions.enums import HandoverState
from transitions.models.handovers import Handover
from transitions.models.moves import NO_SCHOOL

SHARED_STATES = (HandoverState.SHARED, HandoverState.MET, HandoverState.ACCEPTED)


class NamedAdultQuerySet(models.QuerySet["NamedAdult"]):
    def visible_to(self, viewer: Viewer) -> NamedAdultQuerySet:
        """As the handover's progress, at either school."""
        here = viewer.reach(Permission.SEE_PROGRESS)
        return self.filter(
            Q(school__in=here)
            | Q(seen_by__in=here)
            | in_class_of(viewer, school="school")
            | in_class_of(viewer, school="seen_by")
        )

    def of_shared(self) -> NamedAdultQuerySet:
        """On either side of a shared handover that is not yet settled; nobody of a school the child no longer goes to."""
        return self.filter(
            Q(organisation=F("school")) | Q(organisation=F("seen_by")), state__in=SHARED_STATES
        )


class NamedAdultManager(models.Manager.from_queryset(NamedAdultQuerySet)):  # type: ignore[misc]
    """Without children whose record is sealed (practice P5)."""

    def get_queryset(self) -> NamedAdultQuerySet:
        rows: NamedAdultQuerySet = super().get_queryset()
        return rows.filter(not_sealed("pupil_id"))


class NamedAdult(models.Model):
    """One adult of one school for one child. Child, schools and state are the handover's own, by a composite key with ON
    UPDATE CASCADE: a changed destination or a withdrawal parts those who shared the child in the same statement."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="named")
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey(
        "schools.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    seen_by = models.UUIDField(default=NO_SCHOOL, editable=False)
    state = models.CharField(max_length=10, choices=HandoverState, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    talk_counts = models.BooleanField(default=False)
    """Whether ten minutes of theirs at CPD are the handover's conversation; said by the present school alone."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = NamedAdultManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "user"], name="named_adult_once"),
            models.CheckConstraint(
                condition=Q(talk_counts=False) | Q(organisation=F("school")),
                name="named_adult_counts_by_sender",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"

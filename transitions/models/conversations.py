"""Conversations between the adults of two schools: one may cover many children, with a line each (practice P7)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from partnership.access.classes import in_class_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from transitions.enums import ConversationWay
from transitions.models.handovers import Handover
from transitions.models.moves import NO_SCHOOL


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, viewer: Viewer) -> ConversationQuerySet:
        here = viewer.reach(Permission.READ_HANDOVERS)
        return self.filter(Q(school__in=here) | Q(reader__in=here))


class Conversation(models.Model):
    """A meeting of two schools, planned for a day or held on one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=ConversationWay, default=ConversationWay.IN_PERSON)
    planned_for = models.DateField(null=True, blank=True)
    planned_time = models.TimeField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_for__isnull=False) | Q(held_on__isnull=False),
                name="conversation_has_a_day",
            )
        ]
        indexes = [models.Index(fields=["school", "reader", "planned_for"], name="conversation_pair")]

    def __str__(self) -> str:
        return f"Conversation on {self.held_on or self.planned_for}"


class ConversationAdult(models.Model):
    """An adult who takes part, and for which school."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="adults")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "user", "organisation"], name="conversation_adult_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class ConversationLineQuerySet(models.QuerySet["ConversationLine"]):
    def visible_to(self, viewer: Viewer) -> ConversationLineQuerySet:
        """What was said of a child: both schools' readers, the next one only while the child is still coming to it."""
        reads = viewer.reach(Permission.READ_HANDOVERS)
        incoming = Q(reader=models.F("seen_by"))
        return self.filter(
            Q(school__in=reads)
            | Q(reader__in=reads) & incoming
            | in_class_of(viewer, school="school")
            | in_class_of(viewer, school="reader") & incoming
        )


class ConversationLine(models.Model):
    """One child in a conversation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="lines")
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="conversation_lines")
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    seen_by = models.UUIDField(default=NO_SCHOOL, editable=False)
    reader = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    objects = ConversationLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "handover"], name="conversation_line_unique")
        ]

    def __str__(self) -> str:
        return f"Line of {self.conversation_id}"

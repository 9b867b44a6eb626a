"""Ten minutes of two colleagues who share a child, at a session both come to. Which child stands nowhere here."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from cpd.enums import TalkState
from cpd.models.sessions import Session
from partnership.access.viewer import Viewer


class TalkQuerySet(models.QuerySet["Talk"]):
    def visible_to(self, viewer: Viewer) -> TalkQuerySet:
        """The two, and nobody else."""
        return self.filter(Q(asked_by=viewer.user_id) | Q(asked=viewer.user_id))


class Talk(models.Model):
    """One offers, the other says yes or no; afterwards either says that they have talked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="talks")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=TalkState, default=TalkState.ASKED)
    at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)

    objects = TalkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("session"),
                Least("asked_by", "asked"),
                Greatest("asked_by", "asked"),
                name="talk_once_for_two",
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("asked")), name="talk_of_two"),
            models.CheckConstraint(condition=Q(state__in=TalkState.values), name="talk_state_known"),
            models.CheckConstraint(
                condition=Q(state=TalkState.HELD, held_at__isnull=False)
                | ~Q(state=TalkState.HELD) & Q(held_at__isnull=True),
                name="talk_held_with_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

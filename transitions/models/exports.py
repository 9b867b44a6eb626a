"""Boards that leave as files: asked for by one person, made by a job, fetched once."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from partnership.access.viewer import Viewer
from schools.models import Organisation
from transitions.enums import BoardName, ExportFormat, ExportState


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, viewer: Viewer) -> ExportQuerySet:
        """Those the viewer asked for themselves, and nobody else's."""
        return self.filter(by_id=viewer.user_id) if viewer.user_id else self.none()


class Export(models.Model):
    """One file that somebody asked for. What was asked stays as long as the row, so that it can be made anew."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.CharField(max_length=10, choices=BoardName)
    format = models.CharField(max_length=4, choices=ExportFormat)
    asked = models.TextField(blank=True)
    """The filters in force, as the board's own address has them."""
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.MAKING)
    reason = models.CharField(max_length=500, blank=True)
    """Why it was not made or not given out: one sentence for whoever asked."""
    rows = models.PositiveIntegerField(default=0)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    """The school whose board it is; empty where the board is of several."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    job_id = models.UUIDField(null=True, editable=False)
    """The job that makes it, for its progress; jobs are cleared away by a clock of their own."""

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["by", "-at"], name="export_by_at"),
            models.Index(fields=["expires_at"], name="export_expires"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ExportState.values), name="export_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("at")), name="export_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_board_display()}, {self.get_format_display()}: {self.get_state_display()}"

    def state_on(self, at: datetime) -> ExportState:
        """Where it stands at a moment: past its time it is over, whether or not the clock has come round."""
        waits = self.state in (ExportState.MAKING, ExportState.READY)
        return ExportState.EXPIRED if waits and self.expires_at <= at else ExportState(self.state)


class ExportFile(models.Model):
    """The bytes, until they are fetched. The database gives them out only while whoever asked still sees each child."""

    of = models.OneToOneField(Export, primary_key=True, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()
    moves = ArrayField(models.UUIDField())
    """Which moves stand in it."""

    def __str__(self) -> str:
        return f"File of {self.of_id}"

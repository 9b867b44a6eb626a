"""Long work: what was asked, by whom, and how far it is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from partnership.outbox.enums import JobState

if TYPE_CHECKING:
    from partnership.access.viewer import Viewer


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, viewer: Viewer) -> JobQuerySet:
        """Work a person began themselves."""
        return self.filter(by_id=viewer.user_id) if viewer.user_id else self.none()

    def queued(self) -> JobQuerySet:
        return self.filter(state=JobState.QUEUED)

    def stuck(self, *, at: datetime) -> JobQuerySet:
        """Running, but the worker's lease has run out."""
        return self.filter(state=JobState.RUNNING, lease_until__lt=at)


class Job(models.Model):
    """One piece of long work. Its function runs in chunks and may be begun again after a crash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="jobs")
    input = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="job_queued", condition=Q(state="queued")),
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(state="running")),
            models.Index(fields=["by", "-created_at"], name="job_by"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(state="running", lease__isnull=False, lease_until__isnull=False)
                | (~Q(state="running") & Q(lease__isnull=True, lease_until__isnull=True)),
                name="job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | (Q(state__in=["queued", "running"]) & Q(finished_at__isnull=True)),
                name="job_finished_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(error="") | ~Q(state="failed") & Q(error=""),
                name="job_failed_says_why",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="job_done_of_total"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_state_display()}"

    @property
    def percent(self) -> int:
        """How far it is, for the progress bar; 0 while nothing is counted yet."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)

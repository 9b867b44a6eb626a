"""When somebody works: the days and hours of one post, in term for school staff (practice P21)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.enums import Weekday
from schools.models.people import Post


class WorkingHoursQuerySet(models.QuerySet["WorkingHours"]):
    def visible_to(self, viewer: Viewer) -> WorkingHoursQuerySet:
        """One's own, and one's staff's for who books for them."""
        return self.filter(
            Q(post__user=viewer.user_id) | Q(post__organisation__in=viewer.reach(Permission.BOOK_STAFF))
        )


class WorkingHours(models.Model):
    """From when to when on one day of the week. A post without any is taken to work whenever its organisation does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField()

    objects = WorkingHoursQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "working hours"
        constraints = [
            models.UniqueConstraint(fields=["post", "weekday"], name="working_hours_once_a_day"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="working_hours_in_order"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 5)), name="working_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()}, {self.starts:%H:%M} to {self.ends:%H:%M}"

"""How somebody wants to be told: the day of their digest, their quiet hours, and what of each topic goes by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from partnership.outbox.enums import Way

if TYPE_CHECKING:
    from partnership.access.viewer import Viewer


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def visible_to(self, viewer: Viewer) -> PreferenceQuerySet:
        """One's own."""
        return self.filter(person=viewer.user_id) if viewer.user_id else self.none()


class Preference(models.Model):
    """When mail may come. Without a row the partnership's day holds, and no quiet hours but the evening."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    digest_day = models.PositiveSmallIntegerField()
    """1 is Monday, 7 Sunday."""
    digest_at = models.TimeField()
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    """Where it comes before `quiet_from`, the hours reach over midnight."""

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(digest_day__range=(1, 7)), name="preference_day_of_week"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~Q(quiet_from=models.F("quiet_until")),
                name="preference_quiet_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Day {self.digest_day}, {self.digest_at:%H:%M}"


class ChoiceQuerySet(models.QuerySet["Choice"]):
    def visible_to(self, viewer: Viewer) -> ChoiceQuerySet:
        """One's own."""
        return self.filter(person=viewer.user_id) if viewer.user_id else self.none()


class Choice(models.Model):
    """One topic somebody wants otherwise than it comes by itself."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=40)
    way = models.CharField(max_length=10, choices=Way)

    objects = ChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "topic"], name="choice_once"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="choice_way_known"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.get_way_display()}"

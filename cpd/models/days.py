"""A joint day: hundreds of staff, several workshops side by side, and one of them for each in every part of the day."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cpd.enums import DayState
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import Membership, Organisation


def partnerships_of(viewer: Viewer) -> models.QuerySet[Membership, Any]:
    """The partnerships whose offer this viewer may book: those their organisations belong to, directly or through a
    cluster. For a sub-query."""
    here = viewer.reach(Permission.BOOK_CPD)
    current = Membership.objects.current(on=timezone.localdate())
    direct = current.filter(organisation__in=here).values("partnership_id")
    return current.filter(Q(organisation__in=here) | Q(organisation__in=direct)).values("partnership_id")


def on_day(day: date, hour: time) -> datetime:
    """This hour on the wall, on that day."""
    return timezone.make_aware(datetime.combine(day, hour))


class DayQuerySet(models.QuerySet["Day"]):
    def visible_to(self, viewer: Viewer) -> DayQuerySet:
        """What the viewer's partnerships offer; a plan is its coordinators' alone."""
        return self.filter(
            Q(partnership__in=partnerships_of(viewer), state=DayState.OFFERED)
            | Q(partnership__in=viewer.reach(Permission.COORDINATE))
        )

    def kept_by(self, viewer: Viewer) -> DayQuerySet:
        """Those a coordinator keeps."""
        return self.filter(partnership__in=viewer.reach(Permission.COORDINATE))


class Day(models.Model):
    """A day with workshops. Those that begin at the same time are one part of the day: nobody is in two rooms at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partnership = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"kind": "partnership"}
    )
    title = models.CharField(max_length=150)
    on = models.DateField("day")
    venue = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Where everybody meets, and where the workshops are that name a room alone.",
    )
    begins = models.TimeField("all together from")
    ends = models.TimeField("all together until")
    opening = models.CharField("what opens the day", max_length=200, blank=True)
    closing = models.CharField("what closes the day", max_length=200, blank=True)
    notes = models.TextField("what everybody should know", max_length=1000, blank=True)
    opens_at = models.DateTimeField("choosing opens")
    closes_at = models.DateTimeField("choosing closes")
    state = models.CharField(max_length=12, choices=DayState, default=DayState.DRAFT, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    objects = DayQuerySet.as_manager()

    class Meta:
        verbose_name = "joint day"
        indexes = [models.Index(fields=["partnership", "on"], name="day_partnership")]
        constraints = [
            models.UniqueConstraint(fields=["id", "partnership"], name="day_with_partnership"),
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="day_in_order"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="day_choosing_in_order"),
            models.CheckConstraint(condition=Q(state__in=DayState.values), name="day_state_known"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """What the database refuses too, said beside the field."""
        wrong: dict[str, str] = {}
        if self.begins and self.ends and self.ends <= self.begins:
            wrong["ends"] = "It must end after it begins."
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            wrong["closes_at"] = "Choosing must close after it opens."
        if self.closes_at and self.on and timezone.localdate(self.closes_at) >= self.on:
            wrong["closes_at"] = "Choosing must close before the day."
        if wrong:
            raise ValidationError(wrong)

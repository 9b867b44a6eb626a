"""Ten minutes of two colleagues who share a child, at a session both come to. Which child stands nowhere here."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Greatest, Least

from cpd.enums import TalkState
from cpd.models.sessions import HOURS, Session
from partnership.access.viewer import Viewer
from partnership.accounts.models import User


class TalkQuerySet(models.QuerySet["Talk"]):
    def visible_to(self, viewer: Viewer) -> TalkQuerySet:
        """The two, and nobody else."""
        return self.filter(Q(asked_by=viewer.user_id) | Q(asked=viewer.user_id))

    def between(self, one: uuid.UUID, other: uuid.UUID) -> TalkQuerySet:
        return self.filter(Q(asked_by=one, asked=other) | Q(asked_by=other, asked=one))

    def live(self) -> TalkQuerySet:
        """Offered or agreed: it takes its ten minutes, or needs new ones."""
        return self.filter(state__in=[TalkState.ASKED, TalkState.AGREED])


def alone(person: str) -> Func:
    """One person as a range of ids, so that two of them make a set that an exclusion constraint can compare."""
    return Func(F(person), F(person), Value("[]"), function="CPD_PEOPLE_RANGE")


THE_TWO = Func(alone("asked_by"), alone("asked"), function="CPD_PEOPLE_MULTIRANGE")


class Talk(models.Model):
    """One offers a time, the other says yes, no, or another time; afterwards either says that they have talked. Without a
    time it waits for a new one: the session has moved, or one of the two gave their place back (docs/adr/0103)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="talks")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=TalkState, default=TalkState.ASKED)
    at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    time_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    """Which of the two named the time: the other one answers."""

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
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
                name="talk_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state=TalkState.AGREED) | Q(starts_at__isnull=False),
                name="talk_agreed_for_a_time",
            ),
            models.CheckConstraint(
                condition=Q(time_by=F("asked_by")) | Q(time_by=F("asked")), name="talk_time_by_one_of_two"
            ),
            ExclusionConstraint(
                name="talk_one_at_a_time",
                expressions=[(THE_TWO, RangeOperators.OVERLAPS), (HOURS, RangeOperators.OVERLAPS)],
                condition=Q(starts_at__isnull=False) & ~Q(state=TalkState.DECLINED),
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    def other_than(self, user_id: uuid.UUID | None) -> User:
        return self.asked if self.asked_by_id == user_id else self.asked_by

    def waits_for(self, user_id: uuid.UUID | None) -> bool:
        """Whether it is this one of the two who answers."""
        return self.starts_at is not None and self.time_by_id != user_id

    def may_be_timed_by(self, user_id: uuid.UUID | None) -> bool:
        """Another time is named by the one who answers; where there is none, by either."""
        open_ = self.state in (TalkState.ASKED, TalkState.DECLINED)
        return open_ and (self.starts_at is None or self.waits_for(user_id))

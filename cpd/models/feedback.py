"""What those who came say of a session, in two tables: who has answered, and what was answered. Nothing in the database
leads from one to the other (docs/adr/0105)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpd.enums import Step
from cpd.models.sessions import Session
from schools.models import Organisation


class FeedbackGiven(models.Model):
    """That somebody has answered at one step: nobody is reminded twice, and a certificate may ask for it. Without a time,
    since the order of answers would tell whose they are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10, choices=Step)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "session", "step"], name="feedback_given_once"),
            models.CheckConstraint(condition=Q(step__in=Step.values), name="feedback_given_step_known"),
        ]

    def __str__(self) -> str:
        return self.get_step_display()


class Feedback(models.Model):
    """An answer without its author. Its id is worked out from person, session, step and a secret that the database does not
    hold: so the author finds it again, and nobody else knows whose it is."""

    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="feedback")
    partnership = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10, choices=Step)
    score = models.PositiveSmallIntegerField()
    practice = models.TextField(max_length=500, blank=True)
    """What they hope to take away, will try, have tried: by step."""
    wish = models.TextField(max_length=500, blank=True)
    """What is hard, should change, would help: by step."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(step__in=Step.values), name="feedback_step_known"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="feedback_one_to_five"),
        ]

    def __str__(self) -> str:
        return self.get_step_display()

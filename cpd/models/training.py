"""Which training who needs how often: law and guidance as data, with what stands behind it."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from schools.enums import Role
from schools.models import Organisation


class TrainingKindQuerySet(models.QuerySet["TrainingKind"]):
    def in_force(self, *, on: date) -> TrainingKindQuerySet:
        """The rows of a day; where several of one code hold, the last of them stands."""
        rows = self.filter(effective_from__lte=on).filter(
            Q(effective_to__isnull=True) | Q(effective_to__gte=on)
        )
        return rows.order_by("effective_from", "pk")


class TrainingKind(models.Model):
    """One training that runs out. A partnership's own row comes before the one that holds everywhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(
        max_length=40,
        help_text="By this word entries and programmes count for it: it stays when a row changes.",
    )
    title = models.CharField(max_length=120)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role),
        default=list,
        blank=True,
        help_text="Who needs it. Left empty, only those who have done it once: first-aiders, say.",
    )
    months = models.PositiveSmallIntegerField(help_text="So many months after it was done it runs out.")
    source = models.CharField(max_length=300)
    partnership = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Left empty, it holds everywhere; a partnership's own row comes before it.",
    )
    effective_from = models.DateField(default=date(2020, 9, 1))
    effective_to = models.DateField(null=True, blank=True)

    objects = TrainingKindQuerySet.as_manager()

    class Meta:
        verbose_name = "kind of statutory training"
        verbose_name_plural = "kinds of statutory training"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "partnership", "effective_from"],
                name="training_kind_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(months__gte=1),
                name="training_kind_runs_out",
                violation_error_message="It runs out after one month or more.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

"""The school calendar and the duties that hang on it. Dates and periods are data, with their source."""

from __future__ import annotations

import uuid
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models

from schools.enums import BY_THE_CLOCK, DutyKind, HalfTermNumber, PeriodUnit, Role
from schools.models.organisations import Organisation


class AcademicYear(models.Model):
    """A school year, named by the calendar year in which it starts: 2026 is 2026/27."""

    starts_in = models.PositiveSmallIntegerField(primary_key=True)

    class Meta:
        verbose_name = "school year"

    def __str__(self) -> str:
        return f"{self.starts_in}/{(self.starts_in + 1) % 100:02d}"


class HalfTerm(models.Model):
    """One of six teaching blocks of a year, for an LA (the default) or for a school that sets its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="half_terms")
    year = models.ForeignKey(AcademicYear, on_delete=models.PROTECT, related_name="half_terms")
    number = models.PositiveSmallIntegerField(choices=HalfTermNumber)
    starts_on = models.DateField()
    ends_on = models.DateField()
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "half-term"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "number"], name="half_term_unique"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="half_term_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, number__lte=6), name="half_term_one_of_six"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_number_display()} {self.year}"

    def clean(self) -> None:
        """In order, within its school year, and beside the other half-terms of the same place: said beside the field, and
        beside the row of a file."""
        if not (self.starts_on and self.ends_on and self.year_id):
            return
        if self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": f"It ends before it starts, on {self.starts_on:%d/%m/%Y}."})
        if not date(self.year_id, 8, 1) <= self.starts_on < date(self.year_id + 1, 8, 1):
            raise ValidationError({"starts_on": f"This day is not in the school year {self.year}."})
        same = HalfTerm.objects.filter(organisation=self.organisation_id).exclude(pk=self.pk)
        over = same.filter(starts_on__lte=self.ends_on, ends_on__gte=self.starts_on)
        if (other := over.select_related("year").first()) is not None:
            span = f"{other.starts_on:%d/%m/%Y} to {other.ends_on:%d/%m/%Y}"
            raise ValidationError({"starts_on": f"It overlaps {other} of the same place, {span}."})


class Closure(models.Model):
    """A day on which an organisation has no pupils: an INSET day, say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="closures")
    on = models.DateField()
    reason = models.CharField(max_length=100, default="INSET day")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "on"], name="closure_unique")]

    def __str__(self) -> str:
        return f"{self.reason}, {self.on:%d %B %Y}"


class BankHoliday(models.Model):
    """A bank holiday in England and Wales."""

    on = models.DateField(primary_key=True)
    title = models.CharField(max_length=80)
    source = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.title}, {self.on:%d %B %Y}"


KEPT = ("upload_kept", "export_kept")
"""Codes of duties that say how long a file is kept."""


class DutyQuerySet(models.QuerySet["Duty"]):
    def in_force(self, *, on: date) -> DutyQuerySet:
        return self.filter(effective_from__lte=on).filter(
            models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=on)
        )


class Duty(models.Model):
    """A period or a date that somebody must keep: law, guidance, or the partnership's own wish. Editable, never in code."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=DutyKind)
    amount = models.SmallIntegerField(null=True, blank=True, help_text="How many of the unit.")
    unit = models.CharField(max_length=15, choices=PeriodUnit)
    month = models.PositiveSmallIntegerField(null=True, blank=True)
    day = models.PositiveSmallIntegerField(null=True, blank=True)
    owner_role = models.CharField(max_length=20, choices=Role, blank=True)
    source = models.CharField(max_length=300)
    partnership = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="duties",
        help_text="Left empty, the duty holds everywhere; a partnership's own row comes before it.",
    )
    effective_from = models.DateField(default=date(2020, 9, 1))
    effective_to = models.DateField(null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "duties and periods"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "partnership", "effective_from"], name="duty_unique", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(
                    unit="day_of_year", month__isnull=False, day__isnull=False, amount__isnull=True
                )
                | (
                    ~models.Q(unit="day_of_year")
                    & models.Q(amount__isnull=False, month__isnull=True, day__isnull=True)
                ),
                name="duty_amount_or_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """How long a file is kept is counted by the clock, and is more than nothing."""
        if self.code in KEPT and (self.unit not in BY_THE_CLOCK or not self.amount or self.amount < 1):
            raise ValidationError(
                {"amount": "Say in hours, days or weeks how long a file is kept: 1 or more."}
            )

"""What people have learned elsewhere: in their own words, or entered by their school. It is bound to the person."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpd.enums import EntryKind
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import Organisation


class PassportEntryQuerySet(models.QuerySet["PassportEntry"]):
    def visible_to(self, viewer: Viewer) -> PassportEntryQuerySet:
        """One's own, wherever one works now."""
        return self.filter(person=viewer.user_id)

    def training_of(self, people: Collection[uuid.UUID]) -> PassportEntryQuerySet:
        """What counts as statutory training of these people. The database shows it to themselves and to the leaders of the
        school where they are in post. What its person calls wrong counts for nothing."""
        return self.filter(person__in=people, wrong_at=None).exclude(counts_for="")

    def entered_by(self, viewer: Viewer) -> PassportEntryQuerySet:
        """What the viewer's own schools entered of their staff, for as long as these are in post there."""
        return self.filter(school__in=viewer.reach(Permission.BOOK_STAFF))


class PassportEntry(models.Model):
    """One thing somebody did for their own learning."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="passport_entries"
    )
    title = models.CharField(max_length=150)
    provider = models.CharField(max_length=150, blank=True)
    on = models.DateField()
    hours = models.DecimalField(max_digits=5, decimal_places=2)
    kind = models.CharField(max_length=12, choices=EntryKind, default=EntryKind.COURSE)
    counts_for = models.SlugField(max_length=40, blank=True)
    """The code of the statutory training it was, which the leaders of one's school may see."""
    school = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    """Which school entered it of its own staff, statutory training alone; empty where its person did."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    evidence = models.CharField(max_length=150, blank=True)
    """What the school has seen of it."""
    wrong_at = models.DateTimeField(null=True)
    """When its person said that the school's entry is wrong; until it is corrected it counts for nothing."""

    objects = PassportEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-on"], name="passport_entry_person"),
            models.Index(
                fields=["school", "-on"], name="passport_entry_school", condition=Q(school__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0), name="passport_entry_took_time"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="passport_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(school__isnull=True, by__isnull=True, evidence="", wrong_at__isnull=True)
                | Q(school__isnull=False, by__isnull=False) & ~Q(evidence="") & ~Q(counts_for=""),
                name="passport_entry_own_or_a_schools",
            ),
        ]

    def __str__(self) -> str:
        return self.title

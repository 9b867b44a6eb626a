"""What people have learned elsewhere, in their own words. It is bound to the person: no post, no school."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpd.enums import EntryKind
from partnership.access.viewer import Viewer


class PassportEntryQuerySet(models.QuerySet["PassportEntry"]):
    def visible_to(self, viewer: Viewer) -> PassportEntryQuerySet:
        """One's own, wherever one works now."""
        return self.filter(person=viewer.user_id)

    def training_of(self, people: Collection[uuid.UUID]) -> PassportEntryQuerySet:
        """What counts as statutory training of these people. The database shows it to themselves and to the leaders of the
        school where they are in post."""
        return self.filter(person__in=people).exclude(counts_for="")


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

    objects = PassportEntryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-on"], name="passport_entry_person")]
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0), name="passport_entry_took_time"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="passport_entry_kind_known"),
        ]

    def __str__(self) -> str:
        return self.title

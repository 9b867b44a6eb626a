"""What a school entered of its staff's training."""

from __future__ import annotations

import uuid

from cpd.models import PassportEntry
from cpd.models.passport import PassportEntryQuerySet
from partnership.access.viewer import Viewer


def entered_at(viewer: Viewer, school_id: uuid.UUID) -> PassportEntryQuerySet:
    """Of one of the viewer's own schools: first what its person calls wrong, then the latest first."""
    rows = PassportEntry.objects.entered_by(viewer).filter(school=school_id).select_related("person", "by")
    return rows.order_by("wrong_at", "-on", "person__name_key", "pk")


def called_wrong(viewer: Viewer, school_id: uuid.UUID) -> int:
    return PassportEntry.objects.entered_by(viewer).filter(school=school_id, wrong_at__isnull=False).count()


def find_entered(viewer: Viewer, entry_id: uuid.UUID) -> PassportEntry | None:
    rows = PassportEntry.objects.entered_by(viewer).select_related("person", "school")
    return rows.filter(pk=entry_id).first()

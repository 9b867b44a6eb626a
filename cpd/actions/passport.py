"""What people enter of their own learning, and what they say of an entry of their school's."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cpd.models import PassportEntry
from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record


@transaction.atomic
def add(facts: Mapping[str, Any], *, id: uuid.UUID, by: Viewer, at: datetime) -> PassportEntry:
    """Once, however often the button is pressed: the form brings the id. Raises PermissionDenied."""
    entry = PassportEntry(pk=id, person_id=user_id_of(by), **facts)
    if PassportEntry.objects.visible_to(by).filter(pk=id).exists():
        return entry
    PassportEntry.objects.bulk_create([entry], ignore_conflicts=True)
    record("passport.added", by=by.user_id, subject=entry, at=at)
    return entry


@transaction.atomic
def change(entry: PassportEntry, facts: Mapping[str, Any], *, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied for anybody else’s."""
    ensure(entry.person_id == by.user_id and entry.school_id is None)
    PassportEntry.objects.visible_to(by).filter(pk=entry.pk).update(**facts)
    record("passport.changed", by=by.user_id, subject=entry, at=at)


@transaction.atomic
def remove(entry: PassportEntry, *, by: Viewer, at: datetime) -> None:
    """Gone for good. Raises PermissionDenied for anybody else’s."""
    ensure(entry.person_id == by.user_id and entry.school_id is None)
    PassportEntry.objects.visible_to(by).filter(pk=entry.pk).delete()
    record("passport.removed", by=by.user_id, subject=entry, at=at)


@transaction.atomic
def call_wrong(entry: PassportEntry, *, wrong: bool, by: Viewer, at: datetime) -> None:
    """A school's entry, by its person: from then on it counts for nothing, until the school has corrected it or its person
    takes that back. Raises PermissionDenied for anybody else's."""
    ensure(entry.person_id == by.user_id and entry.school_id is not None)
    rows = PassportEntry.objects.visible_to(by).filter(pk=entry.pk, wrong_at__isnull=wrong)
    if rows.update(wrong_at=at if wrong else None):
        kind = "passport.called_wrong" if wrong else "passport.called_right"
        record(kind, by=by.user_id, subject=entry, organisation=entry.school_id, at=at)

"""Statutory training that a school enters of its own staff: of one person or of everybody who was there."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cpd.actions.booking import ensure_staff
from cpd.models import PassportEntry
from cpd.rules import may_book_staff
from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from partnership.outbox.notices import Notice, enqueue
from schools.models import Organisation

ENTERED = "cpd.entered"


@transaction.atomic
def enter(
    facts: Mapping[str, Any],
    *,
    people: Collection[uuid.UUID],
    school: Organisation,
    key: uuid.UUID,
    by: Viewer,
    at: datetime,
) -> int:
    """Into the passport of each of them, who are told of it; how many there are. Once, however often the button is pressed:
    the form brings a key. Raises Refused, PermissionDenied."""
    ensure(may_book_staff(by, school.pk))
    ensure_staff(people, school.pk, at=at)
    ids = {uuid.uuid5(key, str(each)): each for each in people}
    if PassportEntry.objects.entered_by(by).filter(pk__in=ids).exists():
        return len(ids)
    PassportEntry.objects.bulk_create(
        PassportEntry(pk=pk, person_id=person, school=school, by_id=user_id_of(by), **facts)
        for pk, person in ids.items()
    )
    record(
        "training.entered",
        by=by.user_id,
        subject=school,
        organisation=school.pk,
        at=at,
        facts={"counts_for": facts["counts_for"], "entries": {str(pk): str(who) for pk, who in ids.items()}},
    )
    enqueue(
        *(
            Notice(
                key=f"{ENTERED}:{pk}",
                kind=ENTERED,
                recipient_id=person,
                facts={"subject": pk},
                due_at=at,
                urgency=Urgency.DIGEST,
            )
            for pk, person in ids.items()
        )
    )
    return len(ids)


@transaction.atomic
def correct(entry: PassportEntry, facts: Mapping[str, Any], *, by: Viewer, at: datetime) -> None:
    """One of the school's own entries; what its person said of it is answered by that. Raises PermissionDenied."""
    ensure(entry.school_id is not None and may_book_staff(by, entry.school_id))
    rows = PassportEntry.objects.entered_by(by).filter(pk=entry.pk)
    rows.update(**facts, by_id=user_id_of(by), wrong_at=None)
    record_of("training.corrected", entry, by=by, at=at)


@transaction.atomic
def withdraw(entry: PassportEntry, *, by: Viewer, at: datetime) -> None:
    """One of the school's own entries goes for good, also from the passport. Raises PermissionDenied."""
    ensure(entry.school_id is not None and may_book_staff(by, entry.school_id))
    PassportEntry.objects.entered_by(by).filter(pk=entry.pk).delete()
    record_of("training.withdrawn", entry, by=by, at=at)


def record_of(kind: str, entry: PassportEntry, *, by: Viewer, at: datetime) -> None:
    record(
        kind,
        by=by.user_id,
        subject=entry,
        organisation=entry.school_id,
        at=at,
        facts={"person": str(entry.person_id)},
    )

"""The audit of sealed records, for the data protection officers of the school."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from partnership.audit.models import Event
from schools.models import SealedPupil

AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Act:
    """One event: when, who, what. No name of a child stands in the audit."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """One sealed record with its audit, newest first."""

    at: datetime
    school: str
    key: str
    acts: Sequence[Act]


def sealed_records(viewer: Viewer) -> list[SealedRecord]:
    """Those of the viewer's schools, newest first."""
    rows = list(SealedPupil.objects.visible_to(viewer).select_related("school").order_by("-at"))
    subjects = {each for row in rows for each in row.subjects}
    events = list(Event.objects.filter(subject_id__in=subjects).order_by("-at")[:AT_MOST])
    names = dict(User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "name"))
    return [
        SealedRecord(row.at, row.school.name, str(row.pk)[:8], acts_of(row.subjects, events, names))
        for row in rows
    ]


def acts_of(subjects: Sequence[uuid.UUID], events: Sequence[Event], names: dict[uuid.UUID, str]) -> list[Act]:
    here = set(subjects)
    return [
        Act(event.at, names.get(event.actor_id, "") if event.actor_id else "The platform itself", event.what)
        for event in events
        if event.subject_id in here
    ]


def sealed_subjects() -> Q:
    """A condition that leaves the events of sealed records out of everybody else's audit."""
    sealed = SealedPupil.objects.values_list("subjects", flat=True)
    return ~Q(subject_id__in=[each for subjects in sealed for each in subjects])

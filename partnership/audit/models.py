"""The audit log (for inspection) and the abstract step (for people and rules)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models

from partnership.audit.words import event_words


class EventQuerySet(models.QuerySet["Event"]):
    """Reading the log. Writing happens through `record` alone."""

    def about(self, *, kind: str, id: uuid.UUID) -> EventQuerySet:
        """What happened to one thing."""
        return self.filter(subject_kind=kind, subject_id=id)

    def concerning(self, organisation_ids: frozenset[uuid.UUID]) -> EventQuerySet:
        """Events that name one of these organisations."""
        return self.filter(organisation_id__in=organisation_ids)


class Event(models.Model):
    """One act or opening. Ids only, no names and no foreign keys: an append-only name could never be erased,
    and a log must never block a deletion. A trigger refuses UPDATE and DELETE."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "audit event"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"], name="audit_subject"),
            models.Index(fields=["actor_id", "at"], name="audit_actor"),
            models.Index(fields=["organisation_id", "at"], name="audit_organisation"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"

    @property
    def what(self) -> str:
        """The kind of event in words."""
        return event_words(self.kind)


def record(
    kind: str,
    *,
    by: uuid.UUID | None,
    subject: models.Model | None = None,
    organisation: uuid.UUID | None = None,
    at: datetime,
    facts: dict[str, Any] | None = None,
) -> Event:
    """Write one event in the caller's transaction. `facts` hold ids, codes and counts, never a name."""
    event = Event(
        kind=kind,
        actor_id=by,
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        organisation_id=organisation,
        facts=facts or {},
        at=at,
    )
    event.save(force_insert=True)
    return event


def record_rows(kind: str, rows: str, values: Sequence[Any], *, by: uuid.UUID | None, at: datetime) -> None:
    """One event for each row of a SELECT of (subject's kind, its id, organisation, facts), for files of thousands."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {Event._meta.db_table}
                (id, kind, actor_id, at, subject_kind, subject_id, organisation_id, facts)
            SELECT gen_random_uuid(), %s, %s, %s, told.* FROM ({rows}) AS told
            """,  # noqa: S608 - the caller's own statement
            [kind, by, at, *values],
        )


class Step(models.Model):
    """A change of state as people read it: who, when, and what they said about it. Never changed afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

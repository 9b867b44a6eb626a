"""Reading a file into rows. It may be begun again after a crash: it starts from nothing each time."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from django.db import DEFAULT_DB_ALIAS, transaction

from partnership.audit.models import record
from schools.actions.imports import rows
from schools.actions.imports.base import Progress, Staging, as_stream, importer_for
from schools.enums import ImportState, RowOutcome
from schools.formats.errors import FileRefused
from schools.models import Import, ImportFile

STAGE_JOB = "schools.import"


def stage_import(
    *,
    import_id: uuid.UUID,
    at: datetime,
    progress: Progress,
    source: BinaryIO | None = None,
    lenient: bool = False,
) -> Import | None:
    """Read the file and leave the import ready or refused. None where it was discarded, or read, meanwhile.

    Without `source` the stored file is read. Rows are committed as they come, so that progress shows; nothing
    outside the import's own rows changes."""
    waiting = Import.objects.filter(pk=import_id, state__in=[ImportState.QUEUED, ImportState.READING])
    if not waiting.update(state=ImportState.READING):
        return None
    importing = Import.objects.select_related("organisation").get(pk=import_id)
    importing.rows.all()._raw_delete(DEFAULT_DB_ALIAS)
    if source is None:
        stored = ImportFile.objects.filter(of=importing).first()
        if stored is None:
            return _refuse(importing, "The file has been deleted: upload it again.", at=at)
        source = as_stream(stored.content)
    staging = Staging(importing, source, progress=progress, at=at, lenient=lenient)
    try:
        with no_search_for_cycles():
            importer_for(importing.kind).stage(staging)
            staging.flush()
    except FileRefused as fault:
        return _refuse(importing, fault.reason, at=at)
    return _ready(importing, staging, at=at)


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """A county's list is a million small objects, none of which point at themselves: Python goes through all of them again
    and again to find that out, for a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def fail_import(*, import_id: uuid.UUID, at: datetime) -> None:
    """Something broke on our side: the import ends refused, so that nobody waits for it."""
    importing = Import.objects.filter(pk=import_id).first()
    if importing is not None:
        _refuse(
            importing, "Something went wrong on our side while reading this file; nothing was changed.", at=at
        )


def _ready(importing: Import, staging: Staging, *, at: datetime) -> Import | None:
    not_kept = staging.counts - rows.kept_by_outcome(importing)
    facts = {**staging.facts, "not_kept": {str(outcome): count for outcome, count in not_kept.items()}}
    counts = {outcome: staging.counts[outcome] for outcome in RowOutcome.values}
    with transaction.atomic():
        reading = Import.objects.filter(pk=importing.pk, state=ImportState.READING)
        if not reading.update(state=ImportState.READY, facts=facts, counts=counts, warnings=staging.warnings):
            importing.rows.all()._raw_delete(DEFAULT_DB_ALIAS)
            return None
        record(
            "import.ready",
            by=importing.by_id,
            subject=importing,
            organisation=importing.organisation_id,
            at=at,
            facts={"kind": importing.kind, **counts},
        )
    importing.refresh_from_db()
    return importing


def _refuse(importing: Import, reason: str, *, at: datetime) -> Import | None:
    """Nothing half-done: rows and file go, the one sentence stays."""
    with transaction.atomic():
        importing.rows.all()._raw_delete(DEFAULT_DB_ALIAS)
        ImportFile.objects.filter(of=importing).delete()
        reading = Import.objects.filter(pk=importing.pk, state=ImportState.READING)
        if not reading.update(state=ImportState.REFUSED, reason=reason[:500], counts={}, warnings=[]):
            return None
        record(
            "import.refused",
            by=importing.by_id,
            subject=importing,
            organisation=importing.organisation_id,
            at=at,
            facts={"kind": importing.kind},
        )
    importing.refresh_from_db()
    return importing

"""How long files and staged rows live: until applied or discarded, and never longer than a day (practice P4)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, transaction

from partnership.access.viewer import Viewer
from partnership.audit.models import record
from schools.actions.imports.base import NotReady
from schools.actions.imports.receiving import KEPT_FOR
from schools.enums import ImportState
from schools.models import Import, ImportFile, ImportRow

WAITING = (ImportState.QUEUED, ImportState.READING, ImportState.READY)


def discard_import(*, import_id: uuid.UUID, by: Viewer, at: datetime) -> Import:
    """Delete the file and its rows; nothing of it is applied. NotReady where it was applied meanwhile."""
    with transaction.atomic():
        waiting = Import.objects.filter(pk=import_id, state__in=WAITING)
        if not waiting.update(state=ImportState.DISCARDED):
            raise NotReady("This file has been applied or discarded meanwhile.")
        importing = Import.objects.get(pk=import_id)
        _forget(importing)
        record(
            "import.discarded",
            by=by.user_id,
            subject=importing,
            organisation=importing.organisation_id,
            at=at,
            facts={"kind": importing.kind},
        )
    return importing


def delete_outdated(*, at: datetime) -> int:
    """Delete every file and every staged row that is a day old, and say of those never applied that they were.

    Returns how many imports were cleared. Run with each round of the clock; a missed round is made good by the next."""
    cleared = 0
    waiting = Import.objects.filter(state__in=WAITING, at__lte=at - KEPT_FOR).order_by("pk")
    for import_id in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            still = Import.objects.filter(pk=import_id, state__in=WAITING)
            reason = "It was not applied within 24 hours, so the file was deleted."
            if still.update(state=ImportState.DISCARDED, reason=reason):
                _forget(Import.objects.get(pk=import_id))
                cleared += 1
    ImportFile.objects.filter(delete_after__lte=at).delete()
    old = ImportRow.objects.filter(of__at__lte=at - KEPT_FOR).exclude(of__state__in=WAITING)
    for import_id in list(old.values_list("of_id", flat=True).distinct()):
        ImportRow.objects.filter(of_id=import_id)._raw_delete(DEFAULT_DB_ALIAS)
        cleared += 1
    return cleared


def _forget(importing: Import) -> None:
    importing.rows.all()._raw_delete(DEFAULT_DB_ALIAS)
    ImportFile.objects.filter(of=importing).delete()

"""Applying an import: one short transaction over the rows that were previewed."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from partnership.access.viewer import Viewer
from partnership.audit.models import record
from schools.actions.imports import rows
from schools.actions.imports.base import Applying, AsksFirst, NotReady, importer_for
from schools.enums import ImportState
from schools.models import Import, ImportFile


def apply_import(*, import_id: uuid.UUID, by: Viewer, at: datetime, confirmed: bool = False) -> Import:
    """Write the good rows, all together or not at all. Of two who press at once one applies; the other gets NotReady.

    AsksFirst where the file as a whole wants a word (fewer schools than are known) that `confirmed` does not give."""
    with transaction.atomic():
        ready = Import.objects.filter(pk=import_id, state=ImportState.READY)
        if not ready.update(state=ImportState.APPLIED, applied_by_id=by.user_id, applied_at=at):
            raise NotReady("This file has been applied or discarded meanwhile.")
        importing = Import.objects.select_related("organisation").get(pk=import_id)
        asks = str(importing.facts.get("asks", ""))
        if asks and not confirmed:
            raise AsksFirst(asks)
        done = importer_for(importing.kind).apply(Applying(importing=importing, by=by, at=at))
        rows.empty(importing, keep_refused=True)
        ImportFile.objects.filter(of=importing).delete()
        importing.facts = {**importing.facts, "done": done}
        importing.save(update_fields=["facts"])
        record(
            "import.applied",
            by=by.user_id,
            subject=importing,
            organisation=importing.organisation_id,
            at=at,
            facts={"kind": importing.kind, **done},
        )
    return importing

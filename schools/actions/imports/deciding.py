"""Rows that a person must decide: which of two children is meant, which of two lines holds."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from partnership.access.viewer import Viewer
from schools.actions.imports import rows
from schools.actions.imports.base import ImportRefused, NotReady
from schools.enums import ImportState, RowOutcome
from schools.models import Import, ImportRow

LEAVE_OUT = "leave_out"


class NoSuchChoice(ImportRefused):
    """The row offers no such choice."""


def decide_row(*, import_id: uuid.UUID, row_id: int, choice: str, by: Viewer, at: datetime) -> ImportRow:
    """Settle one row by one of its own choices; it may be decided again until the file is applied.

    Where lines of one file speak of one child, taking one leaves the others out."""
    with transaction.atomic():
        importing = Import.objects.select_for_update().filter(pk=import_id, state=ImportState.READY).first()
        if importing is None:
            raise NotReady("This file has been applied or discarded meanwhile.")
        row = importing.rows.filter(pk=row_id).first()
        chosen = (
            None if row is None else next((c for c in rows.choices_of(row) if c["value"] == choice), None)
        )
        if row is None or chosen is None:
            raise NoSuchChoice("That cannot be chosen for this row.")
        _settle(row, choice, chosen.get("outcome", RowOutcome.DROPPED), chosen)
        if row.key and row.data.get("one_of") and chosen.get("outcome") != RowOutcome.DROPPED:
            for other in importing.rows.filter(key=row.key).exclude(pk=row.pk):
                if other.data.get("one_of"):
                    _settle(other, LEAVE_OUT, RowOutcome.DROPPED, {})
        importing.counts = rows.recount(importing)
        importing.save(update_fields=["counts"])
    return row


def _settle(row: ImportRow, choice: str, outcome: str, chosen: dict[str, object]) -> None:
    row.outcome = outcome
    row.changes = chosen.get("changes") or {}
    row.target_id = uuid.UUID(str(chosen["target"])) if chosen.get("target") else None
    row.data = {**row.data, "decision": choice}
    row.save(update_fields=["outcome", "changes", "target_id", "data"])

"""Rows on their way in: written in chunks, decided by people, emptied when done with."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from schools.actions.imports.base import StagedRow
from schools.enums import RowOutcome
from schools.models import Import, ImportRow

GOES_IN = (RowOutcome.NEW, RowOutcome.CHANGED)
KEEP = f"""
INSERT INTO {ImportRow._meta.db_table} (of_id, line, outcome, key, data, changes, problems, target_id)
SELECT %s, row.* FROM jsonb_to_recordset(%s::jsonb) AS row(
    line integer, outcome text, key text, data jsonb, changes jsonb, problems jsonb, target_id uuid)
"""  # noqa: S608 - the name of a table of ours


def keep(import_id: uuid.UUID, rows: Sequence[StagedRow]) -> None:
    """Write one chunk in a transaction of its own, in one statement: a county's file has 30,000 rows, and COPY is refused
    on a table with policies (walls §2)."""
    if not rows:
        return
    chunk = [
        {
            "line": row.line,
            "outcome": row.outcome,
            "key": row.key[:80],
            "data": row.data,
            "changes": row.changes,
            "problems": row.problems,
            "target_id": str(row.target_id) if row.target_id else None,
        }
        for row in rows
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(KEEP, [import_id, json.dumps(chunk)])


def going_in(importing: Import, **which: Any) -> Iterator[ImportRow]:
    """The rows that apply, in the file's order."""
    return importing.rows.filter(outcome__in=GOES_IN, **which).order_by("line").iterator(chunk_size=1000)


def decided_by_hand(importing: Import) -> Iterator[ImportRow]:
    """Those of them about which a person was asked."""
    return going_in(importing, data__has_key="decision")


def recount(importing: Import) -> dict[str, int]:
    """The counts by outcome as they stand now; rows that were not kept are counted in the facts."""
    counts = kept_by_outcome(importing) + Counter(importing.facts.get("not_kept", {}))
    return {outcome: counts.get(outcome, 0) for outcome in RowOutcome.values}


def kept_by_outcome(importing: Import) -> Counter[str]:
    """How many rows stand there of each outcome."""
    return Counter(dict(importing.rows.values_list("outcome").annotate(n=Count("pk")).order_by()))


def empty(importing: Import, *, keep_refused: bool) -> None:
    """Take the facts out of the rows. Why rows were refused may stay until the day is over, so that it can be mended."""
    rows = importing.rows.all()
    if keep_refused:
        rows.filter(outcome__in=[RowOutcome.REFUSED, RowOutcome.UNDECIDED]).update(
            data={}, changes={}, key=""
        )
        rows = rows.exclude(outcome__in=[RowOutcome.REFUSED, RowOutcome.UNDECIDED])
    rows._raw_delete(rows.db)


def choices_of(row: ImportRow) -> list[dict[str, Any]]:
    """What may be decided about a row: [{"value", "label", "outcome", "target", "changes"}]."""
    choices: list[dict[str, Any]] = row.data.get("choices", [])
    return choices

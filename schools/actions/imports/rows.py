"""Rows on their way in: written in chunks, decided by people, emptied when done with."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from schools.actions.imports.base import StagedRow
from schools.enums import RowOutcome
from schools.models import Import, ImportRow

COLUMNS = ("of_id", "line", "outcome", "key", "data", "changes", "problems", "target_id")
GOES_IN = (RowOutcome.NEW, RowOutcome.CHANGED)


def keep(import_id: uuid.UUID, rows: Sequence[StagedRow]) -> None:
    """Write one chunk in a transaction of its own; COPY, since a county's file has 30,000 rows."""
    if not rows:
        return
    statement = f"COPY {ImportRow._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                (
                    str(import_id),
                    row.line,
                    str(row.outcome),
                    row.key[:80],
                    json.dumps(row.data),
                    json.dumps(row.changes),
                    json.dumps(row.problems),
                    str(row.target_id) if row.target_id else None,
                )
            )


def going_in(importing: Import) -> Iterator[ImportRow]:
    """The rows that apply, in the file's order."""
    return importing.rows.filter(outcome__in=GOES_IN).order_by("line").iterator(chunk_size=1000)


def recount(importing: Import) -> dict[str, int]:
    """The counts by outcome as they stand now; rows dropped unread are counted in the facts."""
    counts = Counter(dict(importing.rows.values_list("outcome").annotate(n=_count())))
    counts[RowOutcome.DROPPED] += int(importing.facts.get("dropped_unread", 0))
    return {outcome: counts.get(outcome, 0) for outcome in RowOutcome.values}


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


def _count() -> Any:
    from django.db.models import Count

    return Count("pk")

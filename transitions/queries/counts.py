"""Counts for LA officers and trust leaders: moves by boundary and step, small numbers hidden, never a list.

No filter narrows them: two that overlap could be subtracted from one another (practice P13, P24)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F

from partnership.access import rls
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import academic_year_of, academic_year_words
from partnership.lib.suppression import Cell, SuppressedTable, suppress_table
from transitions.enums import Boundary, DestinationState, HandoverKind, HandoverState
from transitions.models import Transition
from transitions.models.moves import SHARED_FROM

COLUMNS = (
    "Next school not sure",
    "Next school sure",
    "Handover shared",
    "Talked over",
    "Accepted",
    "Settled",
)
STATES = {
    HandoverState.SHARED: 2,
    HandoverState.MET: 3,
    HandoverState.ACCEPTED: 4,
    HandoverState.SETTLED: 5,
}


@dataclass(frozen=True, slots=True)
class CountRow:
    """One boundary (or all of them): the counts with their column, and their sum."""

    title: str
    cells: tuple[tuple[str, Cell], ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class YearTable:
    """The moves into one school year: a row per boundary, totals suppressed like any cell."""

    entry_year: int
    title: str
    rows: tuple[CountRow, ...]


def tables(viewer: Viewer, *, today: date) -> list[YearTable]:
    """One table for each school year of entry from the present one on. Years do not overlap, so none reveals another."""
    with counting(viewer):
        groups = list(
            Transition.objects.counted_for(viewer)
            .filter(entry_year__gte=academic_year_of(today))
            .order_by()
            .values(
                "entry_year",
                "boundary",
                "destination_state",
                "elsewhere",
                kind=F("handover__kind"),
                state=F("handover__state"),
            )
            .annotate(children=Count("pk"))
        )
    found: dict[int, Counter[tuple[str, int]]] = {}
    for group in groups:
        step = step_of(group["destination_state"], group["elsewhere"], group["kind"], group["state"])
        found.setdefault(group["entry_year"], Counter())[group["boundary"], step] += group["children"]
    return [table_of(year, found[year]) for year in sorted(found)]


def step_of(destination_state: str, elsewhere: str, kind: str | None, state: str | None) -> int:
    """The column a move counts in. A class note that is shared counts as shared, as far as its road goes."""
    if state in STATES and kind in HandoverKind.values:
        return STATES[HandoverState(state)]
    return int(bool(elsewhere) or DestinationState(destination_state) in SHARED_FROM)


def table_of(year: int, counts: Counter[tuple[str, int]]) -> YearTable:
    boundaries = [each for each in Boundary if any(counts[each, step] for step in range(len(COLUMNS)))]
    hidden: SuppressedTable = suppress_table(
        [[counts[each, step] for step in range(len(COLUMNS))] for each in boundaries]
    )
    titles = [*(str(each.label) for each in boundaries), "All boundaries"]
    cells = [*hidden.cells, hidden.column_totals]
    sums = [*hidden.row_totals, hidden.total]
    return YearTable(
        entry_year=year,
        title=f"Moving in {academic_year_words(year)}",
        rows=tuple(
            CountRow(title, tuple(zip(COLUMNS, line, strict=True)), total)
            for title, line, total in zip(titles, cells, sums, strict=True)
        ),
    )


def schools_counted(viewer: Viewer) -> int:
    """How many organisations the counts are of."""
    return len(viewer.reach(Permission.SEE_COUNTS))


@contextmanager
def counting(viewer: Viewer) -> Iterator[None]:
    """While the block runs the database shows the progress of the counted schools; nothing but sums may leave it.

    The policies let no LA officer see a handover's row, and keep to that everywhere else."""
    counted: frozenset[uuid.UUID] = viewer.reach(Permission.SEE_COUNTS) if viewer.mfa else frozenset()
    with rls.context({"app.coordinated": rls.uuid_array(counted)}):
        yield

"""Reading one row of a list people filled in: gathers every problem of the row, not only the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from schools.formats.cells import squeeze, yes_or_no
from schools.formats.columns import Column, Headings, listed, match
from schools.formats.dates import DateFault, any_month_first, is_ambiguous, parse_date
from schools.formats.errors import FileRefused, Notes, Problem
from schools.formats.refs import RefFault, SchoolRef, parse_ref
from schools.formats.table import Limits, Row, Table, read_table

LIMITS = Limits(rows=20_000, columns=100, cell=2_000)
COUNTY = replace(LIMITS, rows=120_000)
"""For lists of children: all whom a county knows may stand in one."""
REMEMBERED = 20_000
"""How many different cells of a column are remembered."""
DOUBTFUL = (
    "Other dates in this column are month first, so this one could be read either way: write 2016-03-25"
)


class Sheet:
    """A list, with the columns in which dates are of doubtful order. It is read twice, so that no list stands in memory as
    its cells: first for its size and for those columns, then row by row."""

    def __init__(
        self,
        source: bytes,
        columns: Sequence[Column],
        *,
        called: str,
        dates: Sequence[str],
        limits: Limits = LIMITS,
    ) -> None:
        self._source, self._limits = source, limits
        table: Table = read_table(source, limits)
        self.headings: Headings = match(table, columns, called=called)
        self.width = len(table.header)
        self.notes = Notes()
        self.count = 0
        days: dict[str, set[str]] = {field: set() for field in dates}
        for row in table:
            self.count += 1
            for field, found in days.items():
                found.add(self.headings.text(row, field))
        if not self.count:
            raise FileRefused(f"The {called} has headings and nothing beneath them.")
        if self.headings.unused:
            self.notes.add(f"Not read, as no use is made of it: {listed(self.headings.unused[:10])}")
        self.doubtful = frozenset(field for field, found in days.items() if any_month_first(found))

    def __iter__(self) -> Iterator[Row]:
        return iter(read_table(self._source, self._limits))


class SheetRow:
    """One row being read. Each method returns the value, or None and adds a Problem."""

    def __init__(self, sheet: Sheet, row: Row) -> None:
        self._sheet, self._row = sheet, row
        self.line = row.line
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        if len(row.cells) > sheet.width and any(cell.strip() for cell in row.cells[sheet.width :]):
            self.problems.append(
                Problem(row.line, "", "", "The row has more cells than headings: a comma is not in quotes")
            )

    def text(self, field: str, longest: int = 200) -> str:
        return squeeze(self._sheet.headings.text(self._row, field), longest)

    def needed(self, field: str, reason: str) -> str:
        text = self.text(field)
        if not text:
            self.fault(field, reason)
        return text

    def day(self, field: str, *, missing: str | None = None) -> date | None:
        """A blank cell is None, and a Problem only where `missing` gives the sentence."""
        text = self.text(field)
        if not text:
            if missing:
                self.fault(field, missing)
            return None
        if field in self._sheet.doubtful and is_ambiguous(text):
            self.fault(field, DOUBTFUL)
            return None
        try:
            return parse_date(text)
        except DateFault as fault:
            self.fault(field, fault.reason)
            return None

    def flag(self, field: str) -> bool | None:
        """Yes or no; None where the column or the answer is missing."""
        text = self.text(field)
        answer = yes_or_no(text)
        if text and answer is None:
            self.fault(field, "Write yes or no")
        return answer

    def school(self, field: str, *, missing: str | None = None) -> SchoolRef | None:
        text = self.text(field)
        if not text and not missing:
            return None
        try:
            return parse_ref(text)
        except RefFault as fault:
            self.fault(field, missing if missing and not text else fault.reason)
            return None

    def fault(self, field: str, reason: str) -> None:
        """Adds a problem, under the heading as it stands in the person's own file."""
        self.problems.append(
            Problem(self.line, self._sheet.headings.heading(field), self.text(field), reason)
        )

    def note(self, text: str) -> None:
        self.notes.append(text)
        self._sheet.notes.add(text, self.line)


class Probe(SheetRow):
    """Reads a row to see whether there is a word to be said about it, and says none."""

    def note(self, text: str) -> None:
        self.notes.append(text)


class Columns:
    """Reads each cell of a column once, however often it stands there: a county's birth dates are a few thousand."""

    def __init__(self, sheet: Sheet, readers: Mapping[str, Callable[[SheetRow], Any]]) -> None:
        self._sheet = sheet
        self._columns = [
            (field, position, reader, {})
            for field, reader in readers.items()
            if (position := sheet.headings.position(field)) is not None
        ]  # type: list[tuple[str, int, Callable[[SheetRow], Any], dict[str, Any]]]

    def values(self, row: Row) -> dict[str, Any] | None:
        """What these columns say; None where there is a word to be said about one of them, or the row is no plain one."""
        cells, found = row.cells, {}
        if len(cells) != self._sheet.width:
            return None
        probe = None
        for field, position, reader, known in self._columns:
            cell = cells[position]
            value = known.get(cell, known)  # the dict itself stands for a cell not met before
            if value is known:
                probe = probe or Probe(self._sheet, row)
                value = reader(probe)
                if probe.problems or probe.notes:
                    return None
                if len(known) < REMEMBERED:
                    known[cell] = value
            found[field] = value
        return found

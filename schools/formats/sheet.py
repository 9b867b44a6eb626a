"""Reading one row of a list people filled in: gathers every problem of the row, not only the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from schools.formats.cells import squeeze, yes_or_no
from schools.formats.columns import Column, Headings, listed, match
from schools.formats.dates import DateFault, any_month_first, is_ambiguous, parse_date
from schools.formats.errors import FileRefused, Notes, Problem
from schools.formats.refs import RefFault, SchoolRef, parse_ref
from schools.formats.table import Limits, Row, Table, read_table

LIMITS = Limits(rows=20_000, columns=100, cell=2_000)
DOUBTFUL = (
    "Other dates in this column are month first, so this one could be read either way: write 2016-03-25"
)


class Sheet:
    """A whole list in memory (it is small), with the columns in which dates are of doubtful order."""

    def __init__(
        self, source: bytes, columns: Sequence[Column], *, called: str, dates: Sequence[str]
    ) -> None:
        table: Table = read_table(source, LIMITS)
        self.headings: Headings = match(table, columns, called=called)
        self.rows = list(table)
        self.width = len(table.header)
        self.notes = Notes()
        if not self.rows:
            raise FileRefused(f"The {called} has headings and nothing beneath them.")
        if self.headings.unused:
            self.notes.add(f"Not read, as no use is made of it: {listed(self.headings.unused[:10])}")
        self.doubtful = frozenset(
            field for field in dates if any_month_first(self.headings.text(row, field) for row in self.rows)
        )


class SheetRow:
    """One row being read. Each method returns the value, or None and adds a Problem."""

    def __init__(self, sheet: Sheet, row: Row) -> None:
        self._sheet, self._row = sheet, row
        self.line = row.line
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        if any(cell.strip() for cell in row.cells[sheet.width :]):
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

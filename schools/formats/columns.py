"""Finds columns by their headings, never by position: exports reorder them and people rename them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schools.formats.errors import FileRefused
from schools.formats.table import Row, Table, clean_cell


@dataclass(frozen=True, slots=True)
class Column:
    """A column we read: our field, the heading of the template, and other headings it goes by."""

    field: str
    heading: str
    aliases: tuple[str, ...] = ()
    required: bool = False


def fold_heading(heading: str) -> str:
    """Headings compare without case, spaces or punctuation: "Date_of Birth" is "dateofbirth"."""
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


class Headings:
    """Which cell of a row holds which field. `present` are the fields the file has a column for."""

    def __init__(self, positions: dict[str, int], unused: tuple[str, ...], headings: dict[str, str]) -> None:
        self._positions = positions
        self._headings = headings
        self.unused = unused
        self.present = frozenset(positions)

    def value(self, row: Row, field: str) -> str | None:
        """The cell, stripped; None where the file has no such column or the row ends before it."""
        position = self._positions.get(field)
        if position is None or position >= len(row.cells):
            return None
        return clean_cell(row.cells[position])

    def position(self, field: str) -> int | None:
        """Which cell it is."""
        return self._positions.get(field)

    def text(self, row: Row, field: str) -> str:
        """As `value`, with a missing cell as blank."""
        return self.value(row, field) or ""

    def heading(self, field: str) -> str:
        """The heading as it stands in this file, for a message the person can find; else the template's."""
        return self._headings[field]


def match(table: Table, columns: Sequence[Column], *, called: str) -> Headings:
    """Of two columns for one field the heading named first in `columns` is read (“Legal surname” before “Surname”).

    Raises FileRefused for a missing or doubled heading; `called` names the list in the sentence.
    """
    ranks = {
        fold_heading(name): (column, rank)
        for column in columns
        for rank, name in enumerate((column.heading, *column.aliases))
    }
    best: dict[str, tuple[int, int]] = {}
    shown = {column.field: column.heading for column in columns}
    for position, heading in enumerate(table.header):
        column, rank = ranks.get(fold_heading(heading), (None, 0))
        if column is None:
            continue
        if column.field in best and best[column.field][0] == rank:
            raise FileRefused(f"The heading “{heading[:60]}” stands twice in the first row: keep one.")
        if column.field not in best or rank < best[column.field][0]:
            best[column.field] = (rank, position)
            shown[column.field] = heading
    positions = {field: position for field, (_rank, position) in best.items()}
    taken = set(positions.values())
    unused = [heading for place, heading in enumerate(table.header) if heading and place not in taken]
    missing = [column.heading for column in columns if column.required and column.field not in positions]
    if not positions:
        start = listed([column.heading for column in columns][:3])
        raise FileRefused(f"The first row has none of the headings of the {called}: it should begin {start}.")
    if missing:
        are = "is" if len(missing) == 1 else "are"
        raise FileRefused(
            f"This is no complete {called}: {listed(missing)} {are} missing from the first row."
        )
    return Headings(positions, tuple(unused), shown)


def listed(words: Iterable[str]) -> str:
    """“A”, “B” and “C”."""
    quoted = [f"“{word[:60]}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def template(columns: Sequence[Column]) -> str:
    """The text of an empty file to fill in: headings only, so that no example is ever taken for a person."""
    return ",".join(column.heading for column in columns) + "\r\n"

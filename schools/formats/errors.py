"""What a reader hands back besides records: refusals, problems of one row, notes about the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

SHOWN_VALUE = 80


class FileRefused(Exception):
    """The file as a whole cannot be read. `reason` is one sentence for the person who uploaded it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of one row, which is then refused alone.

    `reason` never repeats the value, so it may be logged or counted; `value` may name a child and is shown
    only to whoever uploaded the file (practice P6). For XML, `line` is the pupil's place.
    """

    line: int
    column: str
    value: str
    reason: str

    def __post_init__(self) -> None:
        if len(self.value) > SHOWN_VALUE:
            object.__setattr__(self, "value", self.value[: SHOWN_VALUE - 1] + "…")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """One row as read. Only a row that is `ok` may be applied; `notes` tell what was repaired or left out."""

    line: int
    record: T | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.record is not None and not self.problems


class Notes:
    """Counts what happens to many rows, so that 2,000 repaired telephone numbers are one warning."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, int]] = {}

    def add(self, text: str, line: int | None = None) -> None:
        count, first = self._seen.get(text, (0, line or 0))
        self._seen[text] = (count + 1, first)

    def sentences(self) -> list[str]:
        """In the order first met: "Text (3 rows, first in line 12)."""
        told = []
        for text, (count, first) in self._seen.items():
            if not first:
                told.append(f"{text}.")
            elif count == 1:
                told.append(f"{text} (line {first}).")
            else:
                told.append(f"{text} ({count:,} rows, first in line {first}).")
        return told

"""What every kind of file shares: how it is read into rows, and what an importer promises."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any, BinaryIO, Protocol

from django.db.models import Model

from partnership.access.viewer import Viewer
from schools.enums import ImportKind, RowOutcome
from schools.formats.errors import Problem
from schools.models import Import, Organisation

Progress = Callable[[int, int], None]
"""Tells how many rows of how many have been read."""

ROWS_AT_ONCE = 2_000


class ImportRefused(Exception):
    """The import cannot go on as it is; `reason` is one sentence for the person who began it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AsksFirst(ImportRefused):
    """Something about the whole file must be confirmed before it is applied."""


class NotReady(ImportRefused):
    """The import is no longer ready: it was applied or discarded meanwhile."""


@dataclass(slots=True)
class StagedRow:
    """One row as it would be applied. `changes` are {label: [before, after]}, as people read them."""

    line: int
    outcome: RowOutcome
    data: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    changes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    target_id: uuid.UUID | None = None


def problem(line: int, column: str, value: str, reason: str) -> dict[str, Any]:
    """One fault of one row, as it is stored and shown."""
    return {"line": line, "column": column, "value": value[:80], "reason": reason.rstrip(".")}


@cache
def lengths(model: type[Model]) -> dict[str, int]:
    """How long the text of each column may be."""
    limits = {field.name: getattr(field, "max_length", None) for field in model._meta.concrete_fields}
    return {name: most for name, most in limits.items() if most is not None}


def too_long(model: type[Model], values: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """The first value longer than its column may be: (column, value, reason). None where all fit."""
    for name, most in lengths(model).items():
        value = values.get(name)
        if value and len(value) > most:
            return name, value, f"This is longer than {most} letters"
    return None


def stored(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The reader's problems in the stored shape."""
    return [problem(each.line, each.column, each.value, each.reason) for each in problems]


def refused(line: int, *problems: dict[str, Any], shown: Mapping[str, Any] | None = None) -> StagedRow:
    """A row that does not go in, with what is wrong with it."""
    data = {"show": dict(shown)} if shown else {}
    return StagedRow(line=line, outcome=RowOutcome.REFUSED, data=data, problems=list(problems))


@dataclass(frozen=True, slots=True)
class Tick:
    """A question on the upload page, answered by a tick."""

    name: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """What the upload page says about a kind of file."""

    title: str
    hint: str
    accept: str = ".csv"
    template: str = ""
    ticks: Sequence[Tick] = ()
    after: Sequence[tuple[str, str]] = ()
    """Where one looks when it is applied: (name of the address, words of the link)."""


class Staging:
    """One file being read: the importer adds rows here, and they are kept in chunks, each committed on its own."""

    def __init__(
        self,
        importing: Import,
        source: BinaryIO,
        *,
        progress: Progress,
        at: datetime,
        lenient: bool = False,
    ) -> None:
        self.importing = importing
        self.source = source
        self.at = at
        self.lenient = lenient
        """From the command line an unknown school is a warning, not a refusal."""
        self.warnings: list[str] = []
        self.counts: Counter[str] = Counter()
        self.facts: dict[str, Any] = {}
        self._progress = progress
        self._expected = 0
        self._added = self._since_flush = 0
        self._waiting: list[StagedRow] = []

    @property
    def organisation(self) -> Organisation | None:
        """The school or partnership for which the file is read."""
        return self.importing.organisation

    @property
    def options(self) -> Mapping[str, Any]:
        options: Mapping[str, Any] = self.importing.options
        return options

    def content(self) -> bytes:
        """The whole file, for readers that want it whole."""
        self.source.seek(0)
        return self.source.read()

    def expect(self, total: int) -> None:
        """How many rows there will be, as far as known."""
        self._expected = total
        self._progress(0, total)

    def warn(self, *sentences: str) -> None:
        """Something about the file as a whole; never names a child."""
        for sentence in sentences:
            if sentence and sentence not in self.warnings:
                self.warnings.append(sentence)

    def add(self, row: StagedRow) -> None:
        """What stays as it is is counted and not kept: an unchanged file writes no row."""
        self._since_flush += 1
        if row.outcome == RowOutcome.UNCHANGED and not row.data:
            self.counts[RowOutcome.UNCHANGED] += 1
        else:
            self._waiting.append(row)
        if self._since_flush >= ROWS_AT_ONCE:
            self.flush()

    def count_dropped(self, number: int) -> None:
        """Rows that are counted and not kept, not even here."""
        self.counts[RowOutcome.DROPPED] += number

    def flush(self) -> None:
        """Keep the rows added so far, and tell how far we are."""
        from schools.actions.imports.rows import keep

        keep(self.importing.pk, self._waiting)
        self.counts.update(row.outcome for row in self._waiting)
        self._added += self._since_flush
        self._since_flush = 0
        self._waiting.clear()
        self._progress(self._added, max(self._expected, self._added))


@dataclass(frozen=True, slots=True)
class Applying:
    """An import being applied, inside its one transaction."""

    importing: Import
    by: Viewer
    at: datetime

    @property
    def options(self) -> Mapping[str, Any]:
        options: Mapping[str, Any] = self.importing.options
        return options

    @property
    def facts(self) -> Mapping[str, Any]:
        facts: Mapping[str, Any] = self.importing.facts
        return facts


class Importer(Protocol):
    """One kind of file. Both halves work on the same rows; neither asks who is allowed, which the caller has done."""

    kind: ImportKind
    guide: Guide

    def stage(self, staging: Staging) -> None:
        """Read the file into rows; may raise FileRefused. Changes nothing but rows, so it may be begun again."""
        ...

    def apply(self, applying: Applying) -> dict[str, int]:
        """Write the new and the changed rows, in the caller's transaction; returns what was done, as counts."""
        ...


_registry: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Make a kind of file known; each app does so in its jobs.py."""
    _registry[importer.kind] = importer


def importer_for(kind: str) -> Importer:
    """The importer of a kind; raises LookupError for one that nobody registered."""
    try:
        return _registry[kind]
    except KeyError:
        raise LookupError(f"No importer reads files of the kind {kind!r}.") from None


def importers() -> tuple[Importer, ...]:
    """All kinds, in the order of `ImportKind`."""
    return tuple(_registry[kind] for kind in ImportKind.values if kind in _registry)


def as_stream(content: bytes | memoryview) -> BinaryIO:
    """Bytes from the database as a file."""
    return BytesIO(bytes(content))

"""The children whom a file may mean, with their moves and classes, as lean as a county's file needs them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from django.db import connection

from schools.models import ClassGroup, ClassPlace, Pupil, SealedPupil
from transitions.models import Transition

COLUMNS = (
    "id", "school_id", "upn", "surname", "forename", "known_as", "born_on", "sex", "year_group", "sen_provision",
    "sen_history", "needs", "language", "free_school_meals", "in_care", "care_authority", "medical_flag", "attendance",
    "schools_attended",
)  # fmt: skip
LISTS = frozenset(["sen_history", "needs", "attendance", "schools_attended"])
PUPIL, MOVE = Pupil._meta.db_table, Transition._meta.db_table
VERSION = "{0}.xmin::text || {0}.ctid::text"
"""What changes with every change of a row, whoever makes it."""
MEANT = f"""
FROM {PUPIL} child WHERE NOT EXISTS (SELECT 1 FROM {SealedPupil._meta.db_table} sealed WHERE sealed.pupil_id = child.id)
AND (child.upn <> '' AND child.upn = ANY (%(upns)s)
     OR child.school_id = ANY (%(schools)s::uuid[]) AND child.born_on = ANY (%(born)s::date[]))
"""  # noqa: S608 - names of our own tables


class Named(Protocol):
    """A child by whom a name can be compared: as here, or as the model."""

    @property
    def surname(self) -> str: ...
    @property
    def forename(self) -> str: ...
    @property
    def known_as(self) -> str: ...
    @property
    def born_on(self) -> date: ...


@dataclass(slots=True, eq=False)
class Known:
    """A child as kept; lists are shared between children alike, so nobody changes them."""

    pk: uuid.UUID
    school_id: uuid.UUID
    upn: str
    surname: str
    forename: str
    known_as: str
    born_on: date
    sex: str
    year_group: int | None
    sen_provision: str
    sen_history: list[dict[str, Any]]
    needs: list[dict[str, Any]]
    language: str
    free_school_meals: bool | None
    in_care: bool | None
    care_authority: str
    medical_flag: bool | None
    attendance: list[dict[str, Any]]
    schools_attended: list[dict[str, Any]]
    version: str
    born: str = ""
    """The birth date as files write it."""
    class_name: str = ""
    """The class at the school the child is at."""
    moves: list[Move] = field(default_factory=list)

    @property
    def display_name(self) -> str:
        return self.known_as or f"{self.forename} {self.surname}"


@dataclass(slots=True, eq=False)
class Move:
    """A known child's move, as far as files ask for it."""

    pk: uuid.UUID
    boundary: str
    entry_year: int
    moves_on: date
    seen_by: uuid.UUID
    to_school_id: uuid.UUID | None
    to_name: str
    elsewhere: str
    destination_state: str
    version: str

    @property
    def has_destination(self) -> bool:
        return self.to_school_id is not None or bool(self.elsewhere)


@lru_cache(maxsize=4096)
def parsed(text: str) -> list[dict[str, Any]]:
    """Few of the lists of a file differ."""
    found: list[dict[str, Any]] = json.loads(text)
    return found


@lru_cache(maxsize=4096)
def as_written(day: date) -> str:
    return day.isoformat()


def known_children(
    *, upns: Collection[str], schools: Collection[uuid.UUID], born: Collection[str]
) -> Iterable[Known]:
    """Those in reach of these UPNs, and those at these schools born on these days, with their moves and classes."""
    if not upns and not born:
        return []
    asked = {"upns": list(upns), "schools": list(schools), "born": list(born)}
    chosen = ", ".join(f"child.{name}{'::text' if name in LISTS else ''}" for name in COLUMNS)
    found: dict[uuid.UUID, Known] = {}
    first, last = COLUMNS.index("sen_history"), COLUMNS.index("attendance")
    for row in selected(f"SELECT {chosen}, {VERSION.format('child')} {MEANT} ORDER BY child.id", asked):
        facts: list[Any] = [
            *row[:first],
            *map(parsed, row[first : first + 2]),
            *row[first + 2 : last],
            *map(parsed, row[last:-1]),
            row[-1],
            as_written(row[COLUMNS.index("born_on")]),
        ]
        child = Known(*facts)
        found[child.pk] = child
    if found:
        with_moves(found)
    return found.values()


def with_moves(children: dict[uuid.UUID, Known]) -> None:
    """Their moves, oldest id first, and the class of each at its own school."""
    ids = {"ids": list(children)}
    for row in selected(
        f"""
        SELECT move.pupil_id, move.id, move.boundary, move.entry_year, move.moves_on, move.seen_by, move.to_school_id,
            coalesce(place.name, ''), move.elsewhere, move.destination_state, {VERSION.format("move")}
        FROM {MOVE} move LEFT JOIN schools_organisation place ON place.id = move.to_school_id
        WHERE move.pupil_id = ANY (%(ids)s) ORDER BY move.id
        """,  # noqa: S608 - names of our own tables
        ids,
    ):
        children[row[0]].moves.append(Move(*row[1:]))
    for pupil_id, school_id, name in selected(
        f"""
        SELECT held.pupil_id, grouped.school_id, grouped.name
        FROM {ClassPlace._meta.db_table} held JOIN {ClassGroup._meta.db_table} grouped ON grouped.id = held.class_group_id
        WHERE held.pupil_id = ANY (%(ids)s)
        """,  # noqa: S608
        ids,
    ):
        if children[pupil_id].school_id == school_id:
            children[pupil_id].class_name = name


def selected(statement: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of one statement, a few thousand at a time."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(5000):
            yield from rows

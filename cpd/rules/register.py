"""The register: whose line stands where, when a tick counts, how full the room is. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from cpd.enums import Came, Stood


@dataclass(frozen=True, slots=True)
class Tick:
    """One press on a phone. Of a person, or of a name and a school; then `id` is the line's own."""

    id: uuid.UUID
    came: str
    at: datetime
    person_id: uuid.UUID | None = None
    name: str = ""
    organisation_id: uuid.UUID | None = None


class Marked(Protocol):
    """As much of a line as the rules ask for."""

    @property
    def stood(self) -> str: ...

    @property
    def came(self) -> str: ...


def opens(*, day: date, today: date) -> bool:
    """On the day of the session, and ever after: what was marked can be corrected."""
    return today >= day


def bounded(at: datetime, *, first: datetime, now: datetime) -> datetime:
    """A phone's clock may be wrong: no tick is of before the session's day, and none of a moment to come."""
    return min(max(at, first), now)


def was_there(came: str) -> bool:
    return bool(came) and came != Came.ABSENT


def in_the_room(lines: Iterable[Marked]) -> int:
    """How many seats it takes: all with a place who are not said to be missing, and whoever else is there."""
    return sum(
        line.came != Came.ABSENT if line.stood == Stood.PLACED else was_there(line.came) for line in lines
    )

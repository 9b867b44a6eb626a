"""When a training runs out, and what a cell of a school's matrix says."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class State(StrEnum):
    """How it stands with one person and one training; the value is the colour beside its words."""

    VALID = "green"
    SOON = "amber"
    OVERDUE = "red"
    UNKNOWN = "grey"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Standing:
    """One person and one training."""

    state: State
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One training as it holds at a school."""

    code: str
    title: str
    roles: frozenset[str]
    months: int
    source: str

    def needed_by(self, roles: Collection[str], *, done: bool) -> bool:
        """By these roles; where it names none, by whoever has done it once."""
        return bool(self.roles & set(roles)) if self.roles else done

    def standing(
        self, roles: Collection[str], done_on: date | None, *, today: date, soon: timedelta
    ) -> Standing:
        """The last day it is good for counts as good."""
        if not self.needed_by(roles, done=done_on is not None):
            return Standing(State.NONE)
        if done_on is None:
            return Standing(State.UNKNOWN)
        ends_on = months_after(done_on, self.months)
        if ends_on < today:
            return Standing(State.OVERDUE, ends_on)
        return Standing(State.SOON if ends_on - today <= soon else State.VALID, ends_on)


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

"""School years: which one a file speaks of, who leaves in it, and when the next one begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from schools.enums import Stage
from schools.models import HalfTerm, Organisation
from transitions.enums import Boundary
from transitions.rules import Ages, boundary_between
from transitions.rules.boundaries import BOUNDARY_BY_LEAVING_YEAR

COMMON_LEAVING_YEARS = (2, 6, 11)
"""Whom a school of unknown ages is taken to send on: the ends of infant, primary and secondary school."""


@dataclass(frozen=True)
class Leaving:
    """The move a child is about to make: over which boundary, into which school year, from which day."""

    boundary: str
    entry_year: int
    moves_on: date

    @property
    def in_year(self) -> bool:
        return self.boundary == Boundary.IN_YEAR

    @cached_property
    def data(self) -> dict[str, Any]:
        """As it is kept with a row; one for all children who make it."""
        return {
            "boundary": self.boundary,
            "entry_year": self.entry_year,
            "moves_on": self.moves_on.isoformat(),
        }


def school_year(day: date) -> int:
    """The year in which the school year of this day began."""
    return day.year if day.month >= 9 else day.year - 1


def year_from_birth(born_on: date, in_year: int) -> int:
    """The year group of a child of this age; who is educated out of their age group has it in the file."""
    return in_year - school_year(born_on) - 5


def ages_of(school: Organisation) -> Ages:
    """A school's ages as the rules ask for them."""
    return Ages(low=school.low_age, high=school.high_age, nursery=school.stage == Stage.NURSERY)


def boundary_of(year_group: int | None, sender: Organisation, receiver: Organisation | None) -> str:
    """The boundary a child crosses at the end of this year; in-year where none is at its end (practice P22)."""
    if year_group is not None and year_group < 0:
        year_group = -1
    found = boundary_between(
        year_group=year_group, sender=ages_of(sender), receiver=ages_of(receiver) if receiver else None
    )
    if found == Boundary.IN_YEAR and sender.high_age is None and year_group in COMMON_LEAVING_YEARS:
        return BOUNDARY_BY_LEAVING_YEAR[year_group]
    return found


class Moves:
    """Works out each child's move, once for all children of a year who go from one school to another."""

    def __init__(self, *, of_year: int, today: date) -> None:
        self.of_year = of_year
        self._today = today
        self._first_days: dict[tuple[int, object], date] = {}
        self._leaving: dict[tuple[object, ...], Leaving] = {}

    def leaving(
        self, year_group: int | None, sender: Organisation, receiver: Organisation | None, *, in_year: bool
    ) -> Leaving:
        """Where no boundary lies at the end of the year, or the file is said to be of children who move before it, the
        move is in-year, from today as far as is known."""
        key = (year_group, sender.pk, receiver.pk if receiver else None, in_year)
        if key not in self._leaving:
            self._leaving[key] = self._work_out(year_group, sender, receiver, in_year=in_year)
        return self._leaving[key]

    def _work_out(
        self, year_group: int | None, sender: Organisation, receiver: Organisation | None, *, in_year: bool
    ) -> Leaving:
        boundary = Boundary.IN_YEAR if in_year else boundary_of(year_group, sender, receiver)
        if boundary == Boundary.IN_YEAR:
            return Leaving(boundary, school_year(self._today), self._today)
        entry_year = self.of_year + 1
        return Leaving(boundary, entry_year, self.first_day(entry_year, receiver or sender))

    def first_day(self, year: int, school: Organisation) -> date:
        """The first day of a school year at a school, else in its LA, else 1 September."""
        key = (year, school.pk)
        if key not in self._first_days:
            terms = dict(
                HalfTerm.objects.filter(
                    year_id=year, number=1, organisation__in=[school.pk, school.local_authority_id]
                ).values_list("organisation_id", "starts_on")
            )
            default = (
                terms.get(school.local_authority_id, date(year, 9, 1)) if school.local_authority_id else None
            )
            self._first_days[key] = terms.get(school.pk) or default or date(year, 9, 1)
        return self._first_days[key]

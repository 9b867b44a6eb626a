"""Which boundary a move crosses: it follows from the two schools' ages (practice P22)."""

from __future__ import annotations

from dataclasses import dataclass

from transitions.enums import Boundary

BOUNDARY_BY_LEAVING_YEAR = {
    -1: Boundary.NURSERY_RECEPTION,
    2: Boundary.INFANT_JUNIOR,
    4: Boundary.FIRST_MIDDLE,
    6: Boundary.PRIMARY_SECONDARY,
    8: Boundary.MIDDLE_SECONDARY,
    9: Boundary.LOWER_UPPER,
    11: Boundary.SECONDARY_POST16,
}


@dataclass(frozen=True, slots=True)
class Ages:
    """A school's statutory ages and whether it is a nursery school; either age may be unknown."""

    low: int | None
    high: int | None
    nursery: bool = False


def leaving_years(ages: Ages) -> frozenset[int]:
    """The year groups at whose end children leave a school of these ages, and, in an all-through school, cross a
    boundary within it. A child who is 11 by the end of the school year is in Year 6, so the last year is the age less 5."""
    if ages.nursery:
        return frozenset({-1})
    if ages.high is None:
        return frozenset()
    years = {min(ages.high - 5, 11)}
    if ages.low is not None and ages.low <= 7 and ages.high >= 16:
        years.add(6)
    return frozenset(year for year in years if year in BOUNDARY_BY_LEAVING_YEAR)


def first_year(low: int) -> int:
    """The year group in which children begin at a school from this age: at 4 in Reception, at 11 in Year 7."""
    return low - 4


def teaches_year(ages: Ages, year_group: int) -> bool:
    """Whether a school of these ages has this year group; one whose ages are unknown may have any."""
    if ages.nursery:
        return year_group < 0
    begins = ages.low is None or first_year(ages.low) <= year_group
    return begins and (ages.high is None or year_group <= ages.high - 5)


def boundary_between(*, year_group: int | None, sender: Ages, receiver: Ages | None = None) -> Boundary:
    """The boundary a child in this year group crosses; outside a leaving year the move is in-year (practice P22).

    With the receiver known, its lowest age must fit: a Year 4 child of an all-age special school who goes to a
    middle school starting at 9 crosses Year 4 to 5 all the same."""
    if year_group is None:
        return Boundary.IN_YEAR
    if year_group in leaving_years(sender):
        return BOUNDARY_BY_LEAVING_YEAR[year_group]
    fits = receiver is not None and receiver.low is not None and first_year(receiver.low) == year_group + 1
    if fits and year_group + 1 in (3, 5, 7, 9, 10, 12):
        return BOUNDARY_BY_LEAVING_YEAR[year_group]
    return Boundary.IN_YEAR

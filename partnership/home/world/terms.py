"""Six half-terms a year for the fictional LA, shaped as English ones are."""

from __future__ import annotations

from datetime import date, timedelta

MONDAY, FRIDAY = 0, 4


def weekday_on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def weekday_on_or_before(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def easter(year: int) -> date:
    """Easter Sunday of a year in the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)


def half_terms(year: int) -> list[tuple[date, date]]:
    """The blocks of the school year that begins in `year`."""
    after = year + 1
    autumn_break = weekday_on_or_before(date(year, 10, 30), MONDAY)
    winter_break = weekday_on_or_after(date(after, 2, 13), MONDAY)
    spring_end = easter(after) - timedelta(days=2)
    spring_end = weekday_on_or_before(
        min(max(spring_end - timedelta(days=1), date(after, 3, 26)), date(after, 4, 8)), FRIDAY
    )
    summer_break = weekday_on_or_before(date(after, 5, 31), MONDAY)
    return [
        (weekday_on_or_after(date(year, 9, 1), MONDAY) + timedelta(days=1), autumn_break - timedelta(days=3)),
        (autumn_break + timedelta(days=7), weekday_on_or_before(date(year, 12, 20), FRIDAY)),
        (weekday_on_or_after(date(after, 1, 3), MONDAY), winter_break - timedelta(days=3)),
        (winter_break + timedelta(days=7), spring_end),
        (spring_end + timedelta(days=17), summer_break - timedelta(days=3)),
        (summer_break + timedelta(days=7), weekday_on_or_before(date(after, 7, 23), FRIDAY)),
    ]

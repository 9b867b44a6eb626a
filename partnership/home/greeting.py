"""The first line of the home page: who, which day, where in the school year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from partnership.lib.dates import BeyondCalendar, SchoolCalendar, day_words

NOON, EVENING = 12, 17


@dataclass(frozen=True, slots=True)
class Greeting:
    """ "Good morning, Priya" and "Friday 20 November. Autumn 2, until Friday 18 December." """

    hello: str
    day: str
    term: str


def greeting(*, name: str, now: datetime, calendar: SchoolCalendar | None) -> Greeting:
    """By the clock on the wall and the school's own terms; nothing is said of terms nobody has entered."""
    part = "morning" if now.hour < NOON else "afternoon" if now.hour < EVENING else "evening"
    first = name.split(" ")[0] if name else ""
    hello = f"Good {part}, {first}" if first else f"Good {part}"
    return Greeting(hello=hello, day=day_words(now.date()), term=term_words(now.date(), calendar))


def term_words(today: date, calendar: SchoolCalendar | None) -> str:
    if calendar is None:
        return ""
    try:
        now = calendar.half_term_at(today)
        if now is None:
            starts_on = calendar.on_or_after(calendar.next_half_term(today).starts_on)
            return f"School begins again on {day_words(starts_on, today=today)}"
    except BeyondCalendar:
        return ""
    return f"{now.name}, until {day_words(now.ends_on, today=today)}" if now.name else ""

"""School days, half-terms and dates in words: pure arithmetic, no models and no clock."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SATURDAY = 5
# The summer holiday is six to seven weeks; a longer gap between two half-terms is one nobody has entered.
LONGEST_HOLIDAY = timedelta(days=63)


class BeyondCalendar(LookupError):
    """The day lies where no half-terms have been entered: an answer would be a guess."""


@dataclass(frozen=True, order=True)
class HalfTermSpan:
    """One of the six teaching blocks of a school year, first and last day included."""

    starts_on: date
    ends_on: date
    name: str = ""

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError(f"{self.name or 'A half-term'} ends on {self.ends_on}, before it starts.")

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class SchoolCalendar:
    """The days with pupils at one school, from its half-terms, its closures (INSET) and the bank holidays.

    Every method raises BeyondCalendar rather than guess past the half-terms that are known.
    """

    half_terms: Sequence[HalfTermSpan]
    closures: frozenset[date] = frozenset()
    bank_holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        spans = tuple(sorted(self.half_terms))
        for earlier, later in pairwise(spans):
            if later.starts_on <= earlier.ends_on:
                raise ValueError(
                    f"{later.name or 'A half-term'} starts on {later.starts_on}, before "
                    f"{earlier.name or 'the one before'} ends on {earlier.ends_on}."
                )
        object.__setattr__(self, "half_terms", spans)

    @cached_property
    def _school_days(self) -> tuple[date, ...]:
        shut = self.closures | self.bank_holidays
        return tuple(
            day
            for span in self.half_terms
            for day in _each_day(span.starts_on, span.ends_on)
            if day.weekday() < SATURDAY and day not in shut
        )

    @cached_property
    def _known(self) -> tuple[tuple[date, date], ...]:
        """Stretches without an unexplained gap."""
        stretches: list[tuple[date, date]] = []
        for span in self.half_terms:
            if stretches and span.starts_on - stretches[-1][1] <= LONGEST_HOLIDAY:
                stretches[-1] = (stretches[-1][0], span.ends_on)
            else:
                stretches.append((span.starts_on, span.ends_on))
        return tuple(stretches)

    def knows(self, day: date) -> bool:
        """Whether this calendar can say anything about the day."""
        return any(first <= day <= last for first, last in self._known)

    def is_school_day(self, day: date) -> bool:
        self._must_know(day)
        place = bisect_left(self._school_days, day)
        return place < len(self._school_days) and self._school_days[place] == day

    def add_school_days(self, day: date, number: int) -> date:
        """The number-th school day after the day (before it, when negative); 0 is the day or the next one."""
        self._must_know(day)
        if number == 0:
            return self.on_or_after(day)
        if number > 0:
            place = bisect_right(self._school_days, day) + number - 1
        else:
            place = bisect_left(self._school_days, day) + number
        if not 0 <= place < len(self._school_days):
            raise BeyondCalendar(f"{number} school days from {day} is beyond the half-terms entered.")
        found = self._school_days[place]
        self._must_know_between(day, found)
        return found

    def school_days_between(self, start: date, end: date) -> int:
        """School days after start, up to and including end; negative when end comes first."""
        if end < start:
            return -self._count(end, start, after=False)
        return self._count(start, end, after=True)

    def on_or_before(self, day: date) -> date:
        """The day itself, else the last school day before it: the latest safe day for a date in law."""
        self._must_know(day)
        place = bisect_right(self._school_days, day) - 1
        if place < 0:
            raise BeyondCalendar(f"No school day on or before {day} is known.")
        self._must_know_between(self._school_days[place], day)
        return self._school_days[place]

    def on_or_after(self, day: date) -> date:
        """The day itself, else the next school day."""
        self._must_know(day)
        place = bisect_left(self._school_days, day)
        if place == len(self._school_days):
            raise BeyondCalendar(f"No school day on or after {day} is known.")
        self._must_know_between(day, self._school_days[place])
        return self._school_days[place]

    def half_term_at(self, day: date) -> HalfTermSpan | None:
        """The half-term the day lies in; None in a holiday between two known ones."""
        self._must_know(day)
        return next((span for span in self.half_terms if day in span), None)

    def next_half_term(self, day: date) -> HalfTermSpan:
        """The first half-term that starts after the day."""
        for span in self.half_terms:
            if span.starts_on > day:
                self._must_know_between(day, span.starts_on)
                return span
        raise BeyondCalendar(f"No half-term after {day} has been entered.")

    def _count(self, first: date, last: date, *, after: bool) -> int:
        self._must_know(first)
        self._must_know_between(first, last)
        if after:
            return bisect_right(self._school_days, last) - bisect_right(self._school_days, first)
        return bisect_left(self._school_days, last) - bisect_left(self._school_days, first)

    def _must_know(self, day: date) -> None:
        if not self.knows(day):
            raise BeyondCalendar(f"No half-terms are entered around {day_words(day)} {day.year}.")

    def _must_know_between(self, first: date, last: date) -> None:
        first, last = min(first, last), max(first, last)
        if not any(start <= first and last <= end for start, end in self._known):
            raise BeyondCalendar(f"Half-terms are missing between {first} and {last}.")


def academic_year_of(day: date) -> int:
    """The year the school year began in: 2026 for every day from 1 September 2026 to 31 August 2027."""
    return day.year if day.month >= 9 else day.year - 1


def academic_year_words(year: int) -> str:
    """2026 as "2026/27"."""
    return f"{year}/{(year + 1) % 100:02d}"


def weeks_before(day: date, weeks: int) -> date:
    """Weeks of seven days, as the law counts them: never a quarter of a month."""
    return day - timedelta(weeks=weeks)


def weeks_after(day: date, weeks: int) -> date:
    return day + timedelta(weeks=weeks)


def is_working_day(day: date, bank_holidays: Iterable[date] = frozenset()) -> bool:
    """Monday to Friday and no bank holiday."""
    return day.weekday() < SATURDAY and day not in frozenset(bank_holidays)


def next_working_day(day: date, bank_holidays: Iterable[date] = frozenset()) -> date:
    """The first working day after the day."""
    shut = frozenset(bank_holidays)
    day += timedelta(days=1)
    while not is_working_day(day, shut):
        day += timedelta(days=1)
    return day


def working_days_before(day: date, number: int, bank_holidays: Iterable[date] = frozenset()) -> date:
    """The number-th working day before the day: two before a Monday is the Thursday."""
    shut = frozenset(bank_holidays)
    while number:
        day -= timedelta(days=1)
        number -= is_working_day(day, shut)
    return day


def day_words(day: date, *, today: date | None = None) -> str:
    """ "Friday 20 November"; with the year when it lies more than half a year from today."""
    words = f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    far = today is not None and abs(day - today) > timedelta(days=183)
    return f"{words} {day.year}" if far else words


def in_words(day: date, *, today: date, calendar: SchoolCalendar | None = None) -> str:
    """How far off the day is: "today", "tomorrow", "in 3 school days", "2 weeks ago".

    Counted in school days up to ten of them, where the calendar knows; else in days and weeks.
    """
    distance = (day - today).days
    if distance in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[distance + 1]
    school_days = _school_days_off(day, today=today, calendar=calendar)
    if school_days is not None and 0 < abs(school_days) <= 10:
        return _off(abs(school_days), "school day", future=distance > 0)
    if abs(distance) < 14:
        return _off(abs(distance), "day", future=distance > 0)
    return _off(abs(distance) // 7, "week", future=distance > 0)


def due_words(day: date, *, today: date, calendar: SchoolCalendar | None = None) -> str:
    """Day and distance together: "Friday 20 November, in 3 school days"."""
    return f"{day_words(day, today=today)}, {in_words(day, today=today, calendar=calendar)}"


def _school_days_off(day: date, *, today: date, calendar: SchoolCalendar | None) -> int | None:
    if calendar is None:
        return None
    try:
        return calendar.school_days_between(today, day)
    except BeyondCalendar:
        return None


def _off(number: int, unit: str, *, future: bool) -> str:
    words = f"{number} {unit}{'' if number == 1 else 's'}"
    return f"in {words}" if future else f"{words} ago"


def _each_day(first: date, last: date) -> Iterable[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)

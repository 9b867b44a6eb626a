import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership.lib.dates import (
    BeyondCalendar,
    HalfTermSpan,
    SchoolCalendar,
    academic_year_of,
    academic_year_words,
    day_words,
    due_words,
    in_words,
    is_working_day,
    next_working_day,
    weeks_after,
    weeks_before,
)

AUTUMN_1 = HalfTermSpan(date(2026, 9, 2), date(2026, 10, 23), "Autumn 1")
AUTUMN_2 = HalfTermSpan(date(2026, 11, 2), date(2026, 12, 18), "Autumn 2")
SPRING_1 = HalfTermSpan(date(2027, 1, 4), date(2027, 2, 12), "Spring 1")
CALENDAR = SchoolCalendar(
    half_terms=(SPRING_1, AUTUMN_1, AUTUMN_2),
    closures=frozenset({date(2026, 9, 2), date(2026, 11, 30)}),
    bank_holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1)}),
)
SHARED = Path(os.environ.get("PARTNERSHIP_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 9, 2), False),  # INSET
        (date(2026, 9, 3), True),
        (date(2026, 9, 5), False),  # Saturday
        (date(2026, 10, 23), True),  # last day before the break
        (date(2026, 10, 26), False),
        (date(2026, 11, 2), True),
        (date(2026, 11, 30), False),  # INSET
        (date(2026, 12, 25), False),
        (date(2027, 2, 12), True),
    ],
)
def test_school_days(day: date, expected: bool) -> None:
    assert CALENDAR.is_school_day(day) is expected


@pytest.mark.parametrize("day", [date(2026, 9, 1), date(2027, 2, 13), date(2030, 1, 1)])
def test_it_never_guesses_beyond_the_calendar(day: date) -> None:
    with pytest.raises(BeyondCalendar):
        CALENDAR.is_school_day(day)
    with pytest.raises(BeyondCalendar):
        CALENDAR.on_or_before(day)
    assert CALENDAR.knows(day) is False


def test_it_does_not_count_across_a_year_nobody_entered() -> None:
    gap = SchoolCalendar((AUTUMN_1, HalfTermSpan(date(2028, 9, 4), date(2028, 10, 20), "Autumn 1")))
    with pytest.raises(BeyondCalendar):
        gap.add_school_days(date(2026, 10, 22), 5)
    with pytest.raises(BeyondCalendar):
        gap.school_days_between(date(2026, 10, 22), date(2028, 9, 5))
    with pytest.raises(BeyondCalendar):
        gap.next_half_term(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        (date(2026, 10, 22), 1, date(2026, 10, 23)),
        (date(2026, 10, 22), 2, date(2026, 11, 2)),
        (date(2026, 10, 28), 1, date(2026, 11, 2)),
        (date(2026, 10, 28), 0, date(2026, 11, 2)),
        (date(2026, 10, 28), -1, date(2026, 10, 23)),
        (date(2026, 11, 2), -1, date(2026, 10, 23)),
        (date(2026, 11, 2), 0, date(2026, 11, 2)),
        (date(2026, 11, 27), 1, date(2026, 12, 1)),
    ],
)
def test_adding_school_days(day: date, number: int, expected: date) -> None:
    assert CALENDAR.add_school_days(day, number) == expected


def test_a_date_in_law_on_a_sunday_is_shown_as_the_friday_before() -> None:
    assert CALENDAR.on_or_before(date(2026, 11, 22)) == date(2026, 11, 20)
    assert CALENDAR.on_or_after(date(2026, 11, 22)) == date(2026, 11, 23)


def test_before_the_first_school_day_there_is_nothing_to_offer() -> None:
    with pytest.raises(BeyondCalendar):
        CALENDAR.on_or_before(date(2026, 9, 2))
    with pytest.raises(BeyondCalendar):
        SchoolCalendar((AUTUMN_1,), closures=frozenset({date(2026, 10, 23)})).on_or_after(date(2026, 10, 23))


days = st.dates(date(2026, 9, 3), date(2027, 2, 12))


@given(days, st.integers(-40, 40))
def test_adding_and_counting_agree(day: date, number: int) -> None:
    try:
        moved = CALENDAR.add_school_days(day, number)
    except BeyondCalendar:
        return
    assert CALENDAR.is_school_day(moved)
    if number:
        assert CALENDAR.school_days_between(day, moved) == number


@given(days, days)
def test_counting_agrees_with_walking(start: date, end: date) -> None:
    start, end = min(start, end), max(start, end)
    walked = sum(CALENDAR.is_school_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
    assert CALENDAR.school_days_between(start, end) == walked


def test_half_terms() -> None:
    assert CALENDAR.half_term_at(date(2026, 11, 22)) == AUTUMN_2
    assert CALENDAR.half_term_at(date(2026, 10, 28)) is None
    assert CALENDAR.next_half_term(date(2026, 11, 22)) == SPRING_1
    with pytest.raises(BeyondCalendar):
        CALENDAR.next_half_term(date(2027, 1, 20))


def test_a_half_term_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="Spring 1 ends on 2024-02-14, before it starts"):
        HalfTermSpan(date(2025, 1, 6), date(2024, 2, 14), "Spring 1")  # a real school's page had this typo


def test_overlapping_half_terms_are_refused() -> None:
    with pytest.raises(ValueError, match="before Autumn 1 ends"):
        SchoolCalendar((AUTUMN_1, HalfTermSpan(date(2026, 10, 20), date(2026, 12, 1), "Autumn 2")))


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_the_academic_year_begins_in_september(day: date, year: int) -> None:
    assert academic_year_of(day) == year
    assert academic_year_words(1999) == "1999/00"


def test_weeks_are_seven_days() -> None:
    assert weeks_before(date(2027, 2, 14), 12) == date(2026, 11, 22)
    assert weeks_after(date(2026, 11, 22), 12) == date(2027, 2, 14)


def test_working_days() -> None:
    holidays = {date(2026, 12, 25), date(2026, 12, 28)}
    assert next_working_day(date(2026, 12, 24), holidays) == date(2026, 12, 29)
    assert not is_working_day(date(2026, 11, 22))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 19), "yesterday"),
        (date(2026, 11, 20), "today"),
        (date(2026, 11, 21), "tomorrow"),
        (date(2026, 11, 25), "in 3 school days"),
        (date(2026, 11, 23), "in 1 school day"),
        (date(2026, 11, 17), "3 school days ago"),
        (date(2026, 12, 18), "in 4 weeks"),
        (date(2027, 2, 26), "in 14 weeks"),
    ],
)
def test_distance_in_words(day: date, words: str) -> None:
    assert in_words(day, today=date(2026, 11, 20), calendar=CALENDAR) == words


def test_distance_without_a_calendar_is_in_days() -> None:
    assert in_words(date(2026, 11, 25), today=date(2026, 11, 20)) == "in 5 days"
    assert in_words(date(2026, 10, 29), today=date(2026, 10, 27), calendar=CALENDAR) == "in 2 days"


def test_day_in_words() -> None:
    assert day_words(date(2026, 11, 20)) == "Friday 20 November"
    assert day_words(date(2028, 4, 18), today=date(2026, 11, 20)) == "Tuesday 18 April 2028"
    assert due_words(date(2026, 11, 25), today=date(2026, 11, 20), calendar=CALENDAR) == (
        "Wednesday 25 November, in 3 school days"
    )


def _council_calendar(path: Path) -> SchoolCalendar:
    spans: list[HalfTermSpan] = []
    closed: set[date] = set()
    for term in json.loads(path.read_text())["terms"]:
        start, end = date.fromisoformat(term["start"]), date.fromisoformat(term["end"])
        break_from, break_to = map(date.fromisoformat, term["half_term"])
        spans.append(HalfTermSpan(start, break_from - timedelta(days=1), f"{term['term']} 1"))
        spans.append(HalfTermSpan(break_to + timedelta(days=1), end, f"{term['term']} 2"))
        closed |= set(map(date.fromisoformat, term.get("pd_days", [])))
    holidays = json.loads(next(path.parent.glob("bank-holidays_england_*.json")).read_text())
    events = holidays["england-and-wales"]["events"]
    return SchoolCalendar(spans, frozenset(closed), frozenset(date.fromisoformat(e["date"]) for e in events))


@pytest.mark.parametrize(
    ("file", "school_days", "last_days"),
    [
        ("term_dates_334_2024-25.json", 195, (date(2025, 4, 11), date(2025, 7, 21))),
        ("term_dates_935_2024-25.json", 190, (date(2025, 4, 4), date(2025, 7, 22))),
    ],
)
def test_two_published_calendars(file: str, school_days: int, last_days: tuple[date, date]) -> None:
    """Solihull publishes 195 days, of which each school takes 5 for training; the Suffolk school names 5."""
    path = SHARED / "calendar" / file
    if not path.exists():
        pytest.skip(f"the published calendars are not on this machine ({file})")
    calendar = _council_calendar(path)
    first = calendar.half_terms[0].starts_on
    days_in_year = calendar.school_days_between(first, last_days[1]) + calendar.is_school_day(first)
    assert days_in_year == school_days
    assert calendar.on_or_before(date(2025, 4, 15)) == last_days[0]
    assert calendar.is_school_day(date(2025, 5, 5)) is False  # early May bank holiday

"""A school's calendar: its own half-terms before its LA's, closures, bank holidays, and a clear end to what is known."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from partnership.lib.dates import BeyondCalendar, HalfTermSpan
from schools.models import AcademicYear, BankHoliday, Closure, HalfTerm, Organisation
from schools.queries.calendars import calendar_for, calendars_for, laid_out
from tests.factories.schools import OrganisationFactory, SchoolFactory, with_half_terms


@pytest.fixture
def la(db: None) -> Organisation:
    return with_half_terms(OrganisationFactory(kind="local_authority", name="Wendlebury", la_code="899"))


@pytest.fixture
def school(la: Organisation) -> Organisation:
    made: Organisation = SchoolFactory(local_authority=la)
    return made


def half_term(organisation: Organisation, number: int, starts_on: date, ends_on: date) -> None:
    year, _made = AcademicYear.objects.get_or_create(starts_in=2026)
    HalfTerm.objects.create(
        organisation=organisation, year=year, number=number, starts_on=starts_on, ends_on=ends_on
    )


def test_a_school_without_its_own_terms_keeps_its_las(school: Organisation) -> None:
    calendar = calendar_for(school.pk)
    assert calendar.is_school_day(date(2026, 11, 20))
    assert not calendar.is_school_day(date(2026, 10, 28)), "the autumn half-term holiday"
    assert calendar.add_school_days(date(2026, 12, 18), 1) == date(2027, 1, 4)


def test_a_schools_own_half_term_comes_before_the_las(school: Organisation) -> None:
    half_term(school, 1, date(2026, 9, 7), date(2026, 10, 16))
    calendar = calendar_for(school.pk)
    assert not calendar.is_school_day(date(2026, 10, 20)), "already on holiday, the LA's schools are not"
    assert calendar.is_school_day(date(2026, 11, 2)), "the other five half-terms are the LA's"


def test_a_longer_half_term_of_its_own_shortens_the_las_next_one(school: Organisation) -> None:
    half_term(school, 1, date(2026, 9, 3), date(2026, 11, 4))
    calendar = calendar_for(school.pk)
    assert calendar.school_days_between(date(2026, 11, 3), date(2026, 11, 6)) == 3
    assert [span.name for span in calendar.half_terms][:2] == ["Autumn 1", "Autumn 2"]


def test_closures_of_school_and_la_and_bank_holidays_are_no_school_days(
    school: Organisation, la: Organisation
) -> None:
    Closure.objects.create(organisation=school, on=date(2026, 11, 27))
    Closure.objects.create(organisation=la, on=date(2026, 11, 30), reason="Elections")
    calendar = calendar_for(school.pk)
    assert calendar.add_school_days(date(2026, 11, 26), 1) == date(2026, 12, 1)
    assert not calendar.is_school_day(date(2027, 5, 3)), "the early May bank holiday"


def test_another_schools_closure_is_not_mine(school: Organisation, la: Organisation) -> None:
    Closure.objects.create(organisation=SchoolFactory(local_authority=la), on=date(2026, 11, 27))
    assert calendar_for(school.pk).is_school_day(date(2026, 11, 27))


def test_past_the_terms_entered_it_says_so(school: Organisation) -> None:
    with pytest.raises(BeyondCalendar):
        calendar_for(school.pk).add_school_days(date(2028, 7, 21), 1)


def test_a_school_without_any_terms_answers_nothing(db: None) -> None:
    calendar = calendar_for(SchoolFactory().pk)
    assert not calendar.knows(date(2026, 11, 20))
    with pytest.raises(BeyondCalendar):
        calendar.is_school_day(date(2026, 11, 20))


@pytest.mark.parametrize("number", [1, 3])
def test_many_calendars_cost_what_one_does(
    la: Organisation, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [SchoolFactory(local_authority=la).pk for _ in range(number)]
    with django_assert_num_queries(2):
        assert set(calendars_for(ids)) == set(ids)


def test_spans_that_claim_the_same_days_stand_side_by_side() -> None:
    own = [HalfTermSpan(date(2026, 9, 1), date(2026, 9, 30))]
    within = HalfTermSpan(date(2026, 9, 10), date(2026, 9, 20))
    around = HalfTermSpan(date(2026, 8, 20), date(2026, 10, 10))
    assert laid_out(own=own, default=[within]) == tuple(own)
    assert [(span.starts_on, span.ends_on) for span in laid_out(own=own, default=[around])] == [
        (date(2026, 8, 20), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 9, 30)),
    ]


def test_englands_bank_holidays_are_there(db: None) -> None:
    days = set(BankHoliday.objects.values_list("on", flat=True))
    assert len(days) == 32, "eight a year, 2025 to 2028"
    assert date(2026, 12, 28) in days, "the substitute for Boxing Day on a Saturday"
    assert date(2026, 12, 26) not in days
    assert {date(2027, 12, 27), date(2027, 12, 28), date(2028, 1, 3), date(2028, 4, 14)} <= days
    assert not {date(2027, 12, 25), date(2027, 12, 26), date(2028, 1, 1)} & days

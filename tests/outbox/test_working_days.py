"""Who works on a day: term by term, school by school, as the outbox asks."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from partnership.accounts.models import User
from schools.enums import OrganisationKind, Role
from schools.models import AcademicYear, BankHoliday, Closure, HalfTerm, Organisation, WorkingHours
from schools.queries.working import working_for
from tests.factories.schools import OrganisationFactory, PostFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db

TERM_DAY = date(2026, 11, 20)
BREAK = date(2026, 10, 28)
SATURDAY = date(2026, 11, 21)


def midday(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def school() -> Organisation:
    school: Organisation = SchoolFactory.create(local_authority=None)
    year, _ = AcademicYear.objects.get_or_create(starts_in=2026)
    spans = [(date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))]
    for number, (starts_on, ends_on) in enumerate(spans, 1):
        HalfTerm.objects.create(
            organisation=school, year=year, number=number, starts_on=starts_on, ends_on=ends_on
        )
    return school


def someone(*organisations: Organisation, role: Role = Role.SENCO) -> User:
    user: User = UserFactory.create()
    for organisation in organisations:
        PostFactory.create(user=user, organisation=organisation, role=role, starts_on=date(2020, 9, 1))
    return user


@pytest.mark.parametrize(("day", "works"), [(TERM_DAY, True), (BREAK, False), (SATURDAY, False)])
def test_school_staff_work_in_term(school: Organisation, day: date, works: bool) -> None:
    user = someone(school)
    assert working_for(at=midday(day), people=[user.pk]) == ({user.pk} if works else set())


def test_staff_work_on_training_days_and_not_on_bank_holidays(school: Organisation) -> None:
    user = someone(school)
    Closure.objects.create(organisation=school, on=TERM_DAY)
    assert working_for(at=midday(TERM_DAY), people=[user.pk]) == {user.pk}
    BankHoliday.objects.create(on=TERM_DAY, title="Jubilee")
    assert working_for(at=midday(TERM_DAY), people=[user.pk]) == set()


def test_everyone_else_works_on_weekdays(school: Organisation) -> None:
    officer = someone(OrganisationFactory.create(kind=OrganisationKind.LOCAL_AUTHORITY), role=Role.LA_OFFICER)
    unknown_terms = someone(SchoolFactory.create(local_authority=None))
    nobody: User = UserFactory.create()
    both = someone(school, OrganisationFactory.create(kind=OrganisationKind.TRUST))
    people = {officer.pk, unknown_terms.pk, nobody.pk, both.pk}
    assert working_for(at=midday(BREAK), people=people) == people


def test_whoever_has_said_when_they_work_is_at_work_then_alone(school: Organisation) -> None:
    mornings, always = someone(school), someone(school)
    for weekday in (1, 5):
        WorkingHours.objects.create(
            post=mornings.posts.get(), weekday=weekday, starts=time(8, 30), ends=time(12, 15)
        )
    people = {mornings.pk, always.pk}
    assert working_for(at=midday(TERM_DAY), people=people) == people
    assert working_for(at=midday(TERM_DAY, hour=13), people=people) == {always.pk}
    assert working_for(at=midday(TERM_DAY - timedelta(days=1)), people=people) == {always.pk}, "a Thursday"
    assert working_for(at=midday(BREAK), people=people) == set()


def test_two_posts_each_have_their_hours(school: Organisation) -> None:
    other = SchoolFactory.create(local_authority=None)
    both = someone(school, other)
    first, second = both.posts.order_by("pk")
    WorkingHours.objects.create(post=first, weekday=5, starts=time(8), ends=time(12))
    WorkingHours.objects.create(post=second, weekday=5, starts=time(13), ends=time(16))
    assert [bool(working_for(at=midday(TERM_DAY, hour=hour), people=[both.pk])) for hour in (11, 12, 14)] == [
        True,
        False,
        True,
    ]


def test_it_asks_as_often_for_one_as_for_many(school: Organisation, django_assert_num_queries: Any) -> None:
    few, many = [someone(school)], [someone(school) for _ in range(5)]
    for people in (few, many):
        with django_assert_num_queries(5):
            working_for(at=midday(TERM_DAY), people=[person.pk for person in people])

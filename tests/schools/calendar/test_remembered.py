"""What a process has read of terms and duties it says again for a moment, and never what is no longer so here."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, Settings

from schools.models import BankHoliday, Closure, Duty, HalfTerm, Organisation
from schools.queries.calendars import calendar_for, calendars_for
from schools.queries.duties import duty
from tests.factories.schools import OrganisationFactory, SchoolFactory

TODAY = date(2026, 11, 20)
CODE = "received_within"

pytestmark = pytest.mark.django_db


@pytest.fixture
def schools() -> list[Organisation]:
    """Two of one area, with its terms."""
    area = OrganisationFactory(kind="local_authority", la_code="899")
    half = {"year_id": 2026, "number": 2, "starts_on": date(2026, 11, 2), "ends_on": date(2026, 12, 18)}
    HalfTerm.objects.create(organisation=area, source="The county", **half)
    return [SchoolFactory(local_authority=area) for _ in range(2)]


@pytest.fixture
def remembered(schools: list[Organisation], remembering: None) -> list[Organisation]:
    """The same, once asked."""
    duty(CODE, on=TODAY)
    calendars_for([school.pk for school in schools])
    return schools


def areas(schools: list[Organisation]) -> dict[object, object]:
    return {school.pk: school.local_authority_id for school in schools}


def test_it_is_asked_once(
    remembered: list[Organisation], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        found = calendars_for([school.pk for school in remembered], areas=areas(remembered))  # type: ignore[arg-type]
        assert duty(CODE, on=TODAY).amount == 5
    first, second = found.values()
    assert first is second, "one calendar for all that share it"


def test_a_school_that_comes_later_shares_its_areas(remembered: list[Organisation]) -> None:
    late = SchoolFactory(local_authority=remembered[0].local_authority)
    both = calendars_for([late.pk, remembered[0].pk])
    assert both[late.pk] is both[remembered[0].pk]


def test_what_is_changed_here_is_known_at_once(remembered: list[Organisation]) -> None:
    school = remembered[0]
    assert calendar_for(school.pk).is_school_day(TODAY)
    closed = Closure.objects.create(organisation=school, on=TODAY)
    assert not calendar_for(school.pk).is_school_day(TODAY)
    assert calendar_for(remembered[1].pk).is_school_day(TODAY)
    closed.delete()
    assert calendar_for(school.pk).is_school_day(TODAY)
    BankHoliday.objects.create(on=TODAY, title="A day off")
    assert not calendar_for(school.pk).is_school_day(TODAY)
    row = Duty.objects.get(code=CODE, partnership=None)
    row.amount = 9
    row.save()
    assert duty(CODE, on=TODAY).amount == 9


def test_what_is_undone_was_never_remembered(remembered: list[Organisation]) -> None:
    school = remembered[0]
    with transaction.atomic():
        Closure.objects.create(organisation=school, on=TODAY)
        assert not calendar_for(school.pk).is_school_day(TODAY)
        transaction.set_rollback(True)
    assert calendar_for(school.pk).is_school_day(TODAY)


def test_what_another_process_changed_is_known_when_the_moment_is_over(
    remembered: list[Organisation], settings: Settings
) -> None:
    Duty.objects.filter(code=CODE, partnership=None).update(amount=9)  # no word of it, as from elsewhere
    assert duty(CODE, on=TODAY).amount == 5
    settings.REMEMBER_SECONDS = 0
    assert duty(CODE, on=TODAY).amount == 9

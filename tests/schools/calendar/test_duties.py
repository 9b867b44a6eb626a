"""Duties are data: the partnership's own row before the default, with kind and source."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from partnership.lib.dates import BeyondCalendar, HalfTermSpan, SchoolCalendar
from schools.models import Duty, Organisation
from schools.queries.duties import DutyFacts, NoSuchDuty, duties_for, duty
from tests.factories.schools import MembershipFactory, OrganisationFactory, SchoolFactory

TODAY = date(2026, 11, 20)


@pytest.fixture
def school(db: None) -> Organisation:
    """In a cluster that is in a county."""
    made: Organisation = SchoolFactory()
    cluster = OrganisationFactory(kind="partnership", name="Cluster")
    MembershipFactory(partnership=cluster, organisation=made)
    MembershipFactory(
        partnership=OrganisationFactory(kind="partnership", name="County", is_county=True),
        organisation=cluster,
    )
    return made


def own_row(name: str, *, amount: int, since: date = date(2026, 9, 1), until: date | None = None) -> None:
    Duty.objects.create(
        code="received_within",
        title="Received",
        kind="partnership",
        amount=amount,
        unit="school_days",
        source="Agreed by the heads",
        partnership=Organisation.objects.get(name=name),
        effective_from=since,
        effective_to=until,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("received_within", "partnership", "5 school days"),
        ("talked_within", "partnership", "10 school days"),
        ("conversation_tomorrow", "partnership", "1 school day"),
        ("settled_by", "partnership", "1 half-term"),
        ("ctf_within", "law", "15 school days"),
        ("ehc_amended_by", "law", "14 February"),
        ("post16_amended_by", "law", "30 March"),
        ("latest_safe_meeting", "statutory_guidance", "12 weeks of seven days"),
        ("invitation_valid", "partnership", "10 school days"),
        ("upload_kept", "partnership", "24 hours"),
        ("export_kept", "partnership", "24 hours"),
    ],
)
def test_the_defaults(code: str, kind: str, words: str) -> None:
    found = duty(code, on=TODAY)
    assert (found.kind, found.words) == (kind, words)
    assert found.source


def test_a_clusters_row_comes_before_its_countys_and_that_before_the_default(school: Organisation) -> None:
    assert duty("received_within", on=TODAY, organisation_id=school.pk).amount == 5
    own_row("County", amount=7)
    assert duty("received_within", on=TODAY, organisation_id=school.pk).amount == 7
    own_row("Cluster", amount=3)
    assert duty("received_within", on=TODAY, organisation_id=school.pk).amount == 3
    assert duty("received_within", on=TODAY, organisation_id=SchoolFactory().pk).amount == 5, "a stranger"


def test_a_row_holds_from_its_day_to_its_last(school: Organisation) -> None:
    own_row("Cluster", amount=3, since=date(2026, 11, 21))
    assert duty("received_within", on=TODAY, organisation_id=school.pk).amount == 5
    assert duty("received_within", on=date(2026, 11, 21), organisation_id=school.pk).amount == 3
    own_row("Cluster", amount=8, since=date(2026, 9, 1), until=TODAY)
    assert duty("received_within", on=TODAY, organisation_id=school.pk).amount == 8


def test_a_later_default_takes_over(db: None) -> None:
    Duty.objects.create(
        code="upload_kept", title="Kept", kind="partnership", amount=12, unit="hours", source="Agreed",
        effective_from=date(2026, 11, 1),
    )  # fmt: skip
    assert duty("upload_kept", on=TODAY).amount == 12
    assert duty("upload_kept", on=date(2026, 10, 31)).amount == 24


def test_an_unknown_duty_is_not_guessed(db: None) -> None:
    with pytest.raises(NoSuchDuty, match="no_such_thing"):
        duty("no_such_thing", on=TODAY)


@pytest.mark.parametrize("number", [1, 3])
def test_many_organisations_cost_what_one_does(
    school: Organisation, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [school.pk, SchoolFactory().pk, SchoolFactory().pk][:number]
    with django_assert_num_queries(1):
        duties_for(ids, on=TODAY).of("received_within", school.pk)


def made(unit: str, **period: int | None) -> DutyFacts:
    return DutyFacts(
        "code",
        "Title",
        "partnership",
        period.get("amount"),
        unit,
        period.get("month"),
        period.get("day"),
        "",
        "Source",
    )


CALENDAR = SchoolCalendar(
    [
        HalfTermSpan(date(2026, 9, 3), date(2026, 10, 23)),
        HalfTermSpan(date(2026, 11, 2), date(2026, 12, 18)),
        HalfTermSpan(date(2027, 1, 4), date(2027, 2, 12)),
    ]
)


def test_a_day_of_the_year_is_the_last_one_before_the_move() -> None:
    may = made("day_of_year", month=5, day=15)
    assert may.last_before(date(2027, 9, 2)) == date(2027, 5, 15)
    assert may.last_before(date(2027, 5, 15)) == date(2026, 5, 15)
    assert made("day_of_year", month=2, day=29).last_before(date(2027, 9, 2)) == date(2027, 2, 28)


def test_the_end_of_the_first_half_term() -> None:
    settled = made("half_terms", amount=1)
    assert settled.after(date(2026, 9, 3), CALENDAR) == date(2026, 10, 23)
    assert settled.after(date(2026, 9, 1), CALENDAR) == date(2026, 10, 23), "named before the term starts"
    assert settled.after(date(2026, 10, 12), CALENDAR) == date(2026, 12, 18), (
        "an in-year move gets a whole one"
    )
    assert made("half_terms", amount=2).after(date(2026, 9, 3), CALENDAR) == date(2026, 12, 18)


def test_periods_forwards_and_backwards() -> None:
    assert made("school_days", amount=5).after(date(2026, 10, 22), CALENDAR) == date(2026, 11, 5)
    assert made("school_days", amount=1).before(date(2026, 11, 2), CALENDAR) == date(2026, 10, 23)
    assert made("weeks", amount=12).before(date(2027, 2, 14), CALENDAR) == date(2026, 11, 22)
    assert made("days", amount=15).after(date(2026, 11, 1), CALENDAR) == date(2026, 11, 16)
    with pytest.raises(BeyondCalendar):
        made("school_days", amount=60).after(date(2026, 12, 18), CALENDAR)
    with pytest.raises(ValueError, match="period"):
        made("hours", amount=1).last_before(date(2026, 11, 1))

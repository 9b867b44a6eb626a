"""A change of destination that ends something is asked about once more; the schools offered teach the year after."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast, Road, SignIn
from tests.factories.schools import MembershipFactory, PupilFactory, SchoolFactory
from tests.factories.transitions import NOW, TransitionFactory
from transitions.enums import Boundary
from transitions.models import Transition
from transitions.rules import Ages, boundary_between, teaches_year

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def ask(client: Any, move: Transition, **facts: str) -> Any:
    said = {"where": "here", "state": "accepted", "source": "family", **facts}
    said |= {"on_day": "10", "on_month": "11", "on_year": "2026"}
    return client.post(reverse("transitions:destination", args=[move.pk]), said)


def offered(client: Any, move: Transition) -> set[str]:
    form = client.get(reverse("transitions:destination", args=[move.pk])).context["form"]
    return {label for value, label in form["to_school"].field.choices if value}


def test_a_place_that_becomes_surer_is_not_asked_about(cast: Cast, sign_in: SignIn) -> None:
    pupil = PupilFactory(school=cast.junior, sen_provision="E")
    move = TransitionFactory(pupil=pupil, to_school=cast.secondary, destination_state="offered")
    assert ask(sign_in(cast.school_office), move, to_school=str(cast.secondary.pk)).status_code == 302
    move.refresh_from_db()
    assert move.destination_state == "accepted"


def test_another_school_for_a_child_with_a_plan_is_asked_about(cast: Cast, sign_in: SignIn) -> None:
    """Nobody saw the child yet: it is the plan alone that makes it a matter to ask about."""
    pupil = PupilFactory(school=cast.junior, forename="Eve", sen_provision="E")
    move = TransitionFactory(pupil=pupil, to_school=cast.secondary, destination_state="expected")
    office, other = (
        sign_in(cast.school_office),
        SchoolFactory(name="Elm High School", low_age=11, high_age=16),
    )
    facts = {"where": "register", "named": "Elm High"}
    asked = ask(office, move, **facts)
    assert "Eve has an EHC plan" in asked.content.decode()
    assert "Elm High School, accepted" in asked.content.decode()
    move.refresh_from_db()
    assert move.to_school == cast.secondary
    ask(office, move, checked="yes", **facts)
    move.refresh_from_db()
    assert move.to_school == other


def test_a_child_without_a_plan_whom_nobody_saw_is_not(cast: Cast, sign_in: SignIn) -> None:
    move = TransitionFactory(
        pupil=PupilFactory(school=cast.junior), to_school=cast.secondary, destination_state="expected"
    )
    assert ask(sign_in(cast.school_office), move, where="nowhere").status_code == 302


def test_an_accepted_place_given_up_is_asked_about(cast: Cast, road: Road, sign_in: SignIn) -> None:
    asked = ask(sign_in(cast.school_office), road.move, where="nowhere")
    assert asked.status_code == 200
    assert "Not known yet" in asked.content.decode()
    road.move.refresh_from_db()
    assert road.move.to_school == cast.secondary


def test_only_schools_that_teach_the_next_year_are_offered(cast: Cast, road: Road, sign_in: SignIn) -> None:
    special = SchoolFactory(name="Willow Special School", low_age=2, high_age=19, stage="special")
    unknown = SchoolFactory(name="Ages Unknown School", low_age=None, high_age=None)
    for school in (special, unknown):
        MembershipFactory(partnership=cast.cluster, organisation=school)
    senco = sign_in(cast.senco)
    assert offered(senco, road.move) == {"Northfield School", "Willow Special School", "Ages Unknown School"}
    in_year = TransitionFactory(pupil=PupilFactory(school=cast.junior, year_group=4), boundary="in_year")
    assert "Ashgrove Primary School" in offered(senco, in_year)
    assert "Northfield School" not in offered(senco, in_year)
    Transition.objects.filter(pk=road.move.pk).update(to_school=cast.infant, seen_by=cast.infant.pk)
    assert "Millbrook Infant School" in offered(senco, road.move), "what is recorded can stay as it is"


@pytest.mark.parametrize(
    ("low", "high", "year", "teaches"),
    [(11, 16, 7, True), (11, 16, 6, False), (4, 11, 7, False), (4, 11, 0, True), (16, 19, 12, True),
     (11, 18, 12, True), (7, 11, 3, True), (4, 7, 3, False), (9, 13, 5, True)],
)  # fmt: skip
def test_which_years_a_school_of_these_ages_has(low: int, high: int, year: int, teaches: bool) -> None:
    assert teaches_year(Ages(low, high), year) is teaches


def test_a_child_of_an_all_age_school_crosses_into_a_middle_school() -> None:
    """It begins at 9, which is Year 5."""
    all_age, middle = Ages(2, 19), Ages(9, 13)
    assert boundary_between(year_group=4, sender=all_age, receiver=middle) == Boundary.FIRST_MIDDLE
    assert boundary_between(year_group=3, sender=all_age, receiver=middle) == Boundary.IN_YEAR

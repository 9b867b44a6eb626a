"""Another school in England is found by its name, its town or its URN; of several one chooses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from schools.models import Organisation
from tests.cast import Cast, Road, SignIn
from tests.factories.schools import SchoolFactory
from transitions.forms.destinations import AT_MOST
from transitions.models import Transition


@pytest.fixture
def ashes(cast: Cast) -> list[Organisation]:
    """Two of like name in two towns, and one that is closed."""
    return [
        SchoolFactory(name="Ash Grove High School", town="Wendle"),
        SchoolFactory(name="Ash Hill High School", town="Farley"),
        SchoolFactory(name="Ash Lane High School", town="Wendle", status="closed"),
    ]


def ask(client: Any, road: Road, named: str, *, on: date = date(2026, 11, 10), **more: str) -> Any:
    facts = {
        "where": "register",
        "named": named,
        "state": "accepted",
        "source": "family",
        "checked": "yes",
        **more,
    }
    facts |= {"on_day": str(on.day), "on_month": str(on.month), "on_year": str(on.year)}
    return client.post(reverse("transitions:destination", args=[road.move.pk]), facts)


def where(road: Road) -> Any:
    return Transition.objects.get(pk=road.move.pk).to_school_id


def test_several_are_offered_and_the_chosen_one_is_taken(
    cast: Cast, road: Road, ashes: list[Organisation], sign_in: SignIn
) -> None:
    office = sign_in(cast.school_office)
    former = where(road)
    html = ask(office, road, "ash high").content.decode()
    assert "2 schools match “ash high”: choose the one." in html
    assert f"Ash Grove High School, Wendle (URN {ashes[0].urn})" in html
    assert "Ash Lane" not in html, "nobody goes to a closed school"
    assert where(road) == former
    assert ask(office, road, "ash high", found=str(ashes[1].pk)).status_code == 302
    assert where(road) == ashes[1].pk


@pytest.mark.parametrize("named", ["Ash Hill", "farley", "urn"])
def test_one_match_is_taken(
    cast: Cast, road: Road, ashes: list[Organisation], sign_in: SignIn, named: str
) -> None:
    text = str(ashes[1].urn) if named == "urn" else named
    assert ask(sign_in(cast.school_office), road, text).status_code == 302
    assert where(road) == ashes[1].pk


def test_a_choice_does_not_outlive_what_was_typed(
    cast: Cast, road: Road, ashes: list[Organisation], sign_in: SignIn
) -> None:
    assert ask(sign_in(cast.school_office), road, "grove high", found=str(ashes[1].pk)).status_code == 302
    assert where(road) == ashes[0].pk


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("", "Enter the name, the town or the URN of the school."),
        ("Zzz", "No school here matches “Zzz”: look at the spelling, or try a part of the name."),
        ("999999", "No school here matches “999999”"),
    ],
)
def test_what_is_not_found_is_said(
    cast: Cast, road: Road, ashes: list[Organisation], sign_in: SignIn, named: str, sentence: str
) -> None:
    answer = ask(sign_in(cast.school_office), road, named)
    assert sentence in answer.content.decode()
    assert "Which school is it?" not in answer.content.decode()


def test_a_long_list_is_cut_and_says_so(cast: Cast, road: Road, sign_in: SignIn) -> None:
    for number in range(AT_MOST + 2):
        SchoolFactory(name=f"Elm School {number}")
    answer = ask(sign_in(cast.school_office), road, "elm")
    assert "More than 10 schools match “elm”" in answer.content.decode()
    assert len(answer.context["form"].fields["found"].choices) == AT_MOST


def test_a_day_to_come_is_told_beside_it(
    cast: Cast, road: Road, ashes: list[Organisation], sign_in: SignIn
) -> None:
    former = where(road)
    tomorrow = timezone.localdate() + timedelta(days=1)
    html = ask(sign_in(cast.school_office), road, "Ash Hill", on=tomorrow).content.decode()
    assert "This day is still to come" in html
    assert where(road) == former

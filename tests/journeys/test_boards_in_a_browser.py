"""Home and boards as pictures at both widths, clean to axe, with long names, with many rows, and with no row at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.cast import Cast, Road
from tests.factories.schools import PupilFactory
from tests.factories.transitions import TransitionFactory
from tests.journeys.conftest import Visitor
from transitions.enums import Elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]
LEAVING = reverse("transitions:leaving")


@pytest.fixture
def full(cast: Cast, shared_road: Road) -> Cast:
    """Sixty children, one with a name of sixty letters, some without a next school."""
    for each in range(56):
        pupil = PupilFactory(school=cast.junior, forename=f"Child{each}", surname="Marsh")
        TransitionFactory(pupil=pupil, to_school=cast.secondary if each % 8 else None)
    long = PupilFactory(
        school=cast.junior,
        known_as="Wilhelmina-Konstantina Featherstonehaugh-Wolstenholme-Abernathy",
        surname="Featherstonehaugh",
        sen_provision="E",
    )
    TransitionFactory(pupil=long, to_school=cast.secondary, destination_state="offered")
    away = PupilFactory(school=cast.junior, forename="Dan", surname="Wood")
    TransitionFactory(pupil=away, elsewhere=Elsewhere.HOME_EDUCATION, destination_state="accepted")
    return cast


def look(visitor: Visitor, address: str, name: str) -> None:
    visitor.goto(address)
    visitor.screens(name)
    assert visitor.axe() == []


@pytest.mark.parametrize(
    "who", ["head", "senco", "class_teacher", "school_office", "coordinator", "la_officer", "observer"]
)
def test_each_home(full: Cast, visit: Visit, who: str) -> None:
    look(visit(getattr(full, who)), reverse("home"), f"home-{who}")


def test_the_boards_full(full: Cast, visit: Visit) -> None:
    look(visit(full.head), LEAVING, "leaving-full")
    look(visit(full.next_head), reverse("transitions:joining"), "joining-full")


def test_the_boards_empty(cast: Cast, visit: Visit) -> None:
    look(visit(cast.head), LEAVING, "leaving-empty")
    look(visit(cast.head), f"{LEAVING}?q=nobody", "leaving-nobody-fits")


def test_the_counts(full: Cast, visit: Visit) -> None:
    look(visit(full.la_officer), reverse("transitions:counts"), "counts")


def test_a_choice_filters_at_once_and_stands_in_the_address(full: Cast, visit: Visit) -> None:
    visitor = visit(full.head)
    visitor.goto(LEAVING)
    visitor.page.get_by_label("Next school is").select_option(label="Not known yet")
    visitor.page.wait_for_url("**destination=none**")
    visitor.page.get_by_role("navigation", name="Show only").get_by_text("without a next school").wait_for()
    expect(visitor.page.locator("tbody a.govuk-link")).to_have_count(7)

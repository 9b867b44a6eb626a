"""A joint day chosen on a phone, a calendar address made, the year at a glance on a desk and on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cpd.models import Day, Session
from cpd.models.days import on_day
from tests.cast import Cast
from tests.factories.cpd import BookingFactory, DayFactory, ProgrammeFactory, SessionFactory
from tests.journeys.conftest import SCREENS, Visitor

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]
LONG = "Pupils with speech, language and communication needs: what a whole day sounds like to them"


@pytest.fixture
def day(cast: Cast) -> Day:
    """Two parts with three workshops each; the first of the morning is full."""
    made = DayFactory(
        partnership=cast.cluster, title="Learning together", venue=cast.secondary, closing="Tea in the hall",
        notes="Park on the field.",
    )  # fmt: skip
    for hour in (time(10), time(13, 30)):
        for number, title in enumerate(("A calm room", LONG, "Reading aloud")):
            start = on_day(made.on, hour)
            SessionFactory(
                programme=ProgrammeFactory(partnership=cast.cluster, title=f"{title} {hour:%H}"), day=made,
                starts_at=start, ends_at=start + timedelta(minutes=75), opens_at=made.opens_at,
                closes_at=made.closes_at, venue=cast.secondary, room=f"Room {number}", capacity=1,
            )  # fmt: skip
    full = Session.objects.get(programme__title="A calm room 10")
    BookingFactory(session=full, person=cast.senco, organisation=cast.junior)
    return made


def test_a_day_chosen_on_a_phone(cast: Cast, day: Day, visit: Visit) -> None:
    visitor = visit(cast.support_staff, mfa=False, width="phone")
    page = visitor.goto(reverse("cpd:sessions"))
    assert visitor.axe() == []
    page.get_by_role("link", name="Learning together").click()
    assert visitor.axe() == []
    visitor.screens("day-not-chosen")
    page.get_by_role("button", name="Choose my workshops").click()
    visitor.screens("day-choose")
    assert visitor.axe() == []
    morning = page.get_by_role("group", name="10:00 to 11:15")
    morning.get_by_label("A calm room 10, Room 0 (full)").check()
    page.get_by_label("If that is full (10:00").select_option(label="Reading aloud 10, Room 2 (1 left)")
    page.get_by_role("group", name="13:30 to 14:45").get_by_label(LONG).check()
    page.get_by_role("button", name="Book my day").click()
    page.get_by_text("You have a place in “Reading aloud 10”, your second choice.").wait_for()
    expect(page.get_by_text("Your day, from 09:00 to 15:30")).to_be_visible()
    assert visitor.axe() == []
    visitor.screens("day-chosen")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing is wider than the phone"


def test_a_calendar_address_is_made_and_stopped(cast: Cast, day: Day, visit: Visit) -> None:
    BookingFactory(
        session=Session.objects.get(programme__title="Reading aloud 10"), person=cast.support_staff,
        organisation=cast.junior,
    )  # fmt: skip
    visitor = visit(cast.support_staff, mfa=False, width="phone")
    page = visitor.goto(reverse("cpd:sessions"))
    page.get_by_role("link", name="My calendar").click()
    assert visitor.axe() == []
    page.get_by_role("button", name="Make my address").click()
    address = page.get_by_label("Your secret address").input_value()
    assert visitor.axe() == []
    visitor.screens("my-calendar")
    path = address.partition("/cpd/")[2]
    assert "SUMMARY:Reading aloud 10" in Client().get(f"/cpd/{path}").content.decode()
    page.get_by_role("button", name="Stop it").click()
    page.get_by_role("button", name="Make my address").wait_for()
    assert Client().get(f"/cpd/{path}").status_code == 404


def test_the_year_on_a_desk_and_on_paper(cast: Cast, day: Day, visit: Visit) -> None:
    now = timezone.now()
    for number in range(14):
        SessionFactory(
            programme=ProgrammeFactory(
                partnership=cast.cluster, title=LONG if number == 3 else f"Course {number}"
            ),
            starts_at=now + timedelta(days=5 * number + 1), opens_at=now - timedelta(days=3), venue=cast.secondary,
        )  # fmt: skip
    visitor = visit(cast.school_office)
    page = visitor.goto(reverse("cpd:sessions"))
    page.get_by_role("link", name="The year at a glance").click()
    assert visitor.axe() == []
    visitor.screens("year")
    page.emulate_media(media="print")
    page.screenshot(path=SCREENS / "year-print.png", full_page=True)
    expect(page.get_by_role("button", name="Print the year")).to_be_hidden()
    visitor.goto(reverse("cpd:day_school", args=[day.pk]))
    page.emulate_media(media="screen")
    visitor.screens("day-school")
    assert visitor.axe() == []

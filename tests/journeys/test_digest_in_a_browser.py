"""Mail as one wishes it, hours in two taps, and a head's yes: on a phone and at a desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cpd.actions import releasing
from cpd.models import Release, Session
from partnership.access import rls
from partnership.outbox.models import Choice, Preference
from schools.models import WorkingHours
from schools.queries.calendars import calendar_for
from tests.cast import Cast
from tests.factories.cpd import ProgrammeFactory, SessionFactory
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(cast: Cast) -> Session:
    """In the half-term that the page on who is out shows by itself, or the next six weeks."""
    now = timezone.localtime()
    spans = [
        each
        for each in calendar_for(cast.junior.pk).half_terms
        if each.ends_on > now.date() + timedelta(days=7)
    ]
    day = max(spans[0].starts_on, now.date() + timedelta(days=2))
    while day.weekday() > 4:
        day += timedelta(days=1)
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster, title="Calm after break"),
        starts_at=timezone.make_aware(datetime.combine(day, time(15, 45))),
        opens_at=now - timedelta(days=30),
        closes_at=timezone.make_aware(datetime.combine(day, time(12))),
        venue=cast.secondary,
        room="Hall",
    )


def clean(visitor: Visitor, name: str) -> None:
    assert visitor.axe() == [], name
    widths = visitor.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], name
    visitor.screens(name)


def test_an_assistant_chooses_her_mail_and_says_when_she_works(
    visit: Callable[..., Visitor], cast: Cast, session: Session
) -> None:
    visitor = visit(cast.support_staff, mfa=False, width="phone")
    page = visitor.goto("/account/")
    clean(visitor, "account-mail-and-hours")
    page.get_by_role("link", name="Change mail").click()
    clean(visitor, "preferences")
    near = page.get_by_role("group", name="A session of yours is near")
    near.get_by_label("In the weekly digest").check()
    page.get_by_label("Day").select_option("Thursday")
    page.get_by_label("No mail from").select_option("09:00")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name=re.compile("Say both")).wait_for()
    clean(visitor, "preferences-half-said")
    page.get_by_label("Until").select_option("15:00")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your mail follows this from now on.").wait_for()
    assert Preference.objects.get().digest_day == 4
    assert Choice.objects.get().topic == "cpd.reminders"

    page = visitor.goto(f"/cpd/{session.pk}/")
    clean(visitor, "session-asks-for-hours")
    page.get_by_role("link", name="Say when you work").click()
    clean(visitor, "hours")
    page.get_by_role("button", name="School days, 08:30 to 15:30").click()
    page.get_by_text("outside your paid hours").wait_for()
    assert WorkingHours.objects.count() == 5
    clean(visitor, "session-outside-paid-hours")


def test_a_head_says_yes_and_sees_who_is_out(
    visit: Callable[..., Visitor], cast: Cast, session: Session
) -> None:
    with rls.acting_as(cast.head.pk) as viewer:
        releasing.set_rule(
            cast.junior.pk, approval=True, given="", remind_manager=False, by=viewer, at=timezone.now()
        )
    assistant = visit(cast.support_staff, mfa=False, width="phone")
    page = assistant.goto(f"/cpd/{session.pk}/")
    page.get_by_role("button", name="Book my place").click()
    page.get_by_text("Waits for approval").wait_for()
    expect(page.get_by_text("You have place 1 of 20.")).to_be_visible()
    clean(assistant, "session-waits-for-approval")

    head = visit(cast.head)
    page = head.goto("/")
    page.locator("li", has_text="May Support Staff go to").get_by_text("Answer").click()
    clean(head, "release-asked")
    page.get_by_role("button", name="No, decline").click()
    page.get_by_role("link", name=re.compile("Say in a sentence why not")).wait_for()
    page.get_by_label("A sentence with it").fill("Bring the cards back with you.")
    page.get_by_role("button", name="Yes, approve").click()
    page.get_by_text("is approved. They are told.").wait_for()
    assert Release.objects.get().approval == "agreed"

    page = head.goto("/cpd/out/")
    clean(head, "who-is-out")
    page.get_by_role("link", name=re.compile("Note")).click()
    page.get_by_label("Who covers").fill("Mrs Gill")
    page.get_by_role("button", name="Note it").click()
    page.get_by_role("cell", name=re.compile("Mrs Gill")).wait_for()
    page.get_by_role("link", name="Rules for bookings").click()
    clean(head, "rules-for-bookings")

    page = assistant.goto(f"/cpd/{session.pk}/")
    expect(page.get_by_text("Bring the cards back with you.")).to_be_visible()
    expect(page.get_by_text("Mrs Gill")).to_have_count(0)

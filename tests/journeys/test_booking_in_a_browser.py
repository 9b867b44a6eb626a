"""Booking as those who do it: two taps on a phone, the queue and its end, an office with a team, a session called off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cpd.models import Booking, Session
from partnership.access import rls
from partnership.accounts.models import User
from tests.cast import Cast, Road
from tests.factories.cpd import BookingFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import PostFactory, UserFactory
from tests.journeys.conftest import Visitor
from transitions.actions.naming import name_adult
from transitions.models import Handover

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]
OFFER = reverse("cpd:sessions")


@pytest.fixture
def session(cast: Cast) -> Session:
    now = timezone.now()
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster, title="Calm after break"),
        starts_at=now + timedelta(days=20),
        opens_at=now - timedelta(days=2),
        venue=cast.secondary,
        room="Hall",
        capacity=2,
    )


def look(visitor: Visitor, name: str) -> None:
    visitor.screens(name)
    assert visitor.axe() == []


def test_two_taps_and_a_cancelled_place(cast: Cast, session: Session, visit: Visit) -> None:
    visitor = visit(cast.support_staff, mfa=False, width="phone")
    visitor.goto(OFFER)
    look(visitor, "offer")
    visitor.page.get_by_role("link", name="Calm after break").click()
    look(visitor, "session-open")
    visitor.page.get_by_role("button", name="Book my place").click()
    expect(visitor.page.get_by_text("You have place 1 of 2.")).to_be_visible()
    look(visitor, "session-booked")
    visitor.page.get_by_role("button", name="Cancel my booking").click()
    look(visitor, "session-cancel")
    visitor.page.get_by_role("button", name="Cancel the booking").click()
    expect(visitor.page.get_by_role("button", name="Book my place")).to_be_visible()
    assert not Booking.objects.live().exists()


def test_by_keyboard_alone(cast: Cast, session: Session, visit: Visit) -> None:
    visitor = visit(cast.support_staff, mfa=False)
    visitor.goto(reverse("cpd:session", args=[session.pk]))
    visitor.page.get_by_role("button", name="Book my place").focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("status").filter(has_text="You have place 1 of 2.")).to_be_focused()


def test_the_queue_moves_by_itself(cast: Cast, session: Session, visit: Visit) -> None:
    for person in (cast.class_teacher, cast.senco):
        BookingFactory(session=session, person=person, organisation=cast.junior)
    visitor = visit(cast.support_staff, mfa=False, width="phone")
    visitor.goto(reverse("cpd:session", args=[session.pk]))
    visitor.page.get_by_role("button", name="Join the queue").click()
    expect(visitor.page.get_by_text("You are 1st in the queue.")).to_be_visible()
    look(visitor, "session-queue")
    other = visit(cast.senco)
    other.goto(reverse("cpd:session", args=[session.pk]))
    other.page.get_by_role("button", name="Cancel my booking").click()
    other.page.get_by_role("button", name="Cancel the booking").click()
    visitor.page.reload()
    expect(visitor.page.get_by_text("Place 2 of 2", exact=True)).to_be_visible()


def test_an_office_books_eight_two_of_them_without_mail(cast: Cast, session: Session, visit: Visit) -> None:
    Session.objects.filter(pk=session.pk).update(capacity=6)
    team: list[User] = [
        UserFactory(name=f"Helper {n}", **({"email": None} if n < 2 else {})) for n in range(8)
    ]
    for each in team:
        PostFactory(user=each, role="support_staff", organisation=cast.junior)
    visitor = visit(cast.school_office)
    visitor.goto(reverse("cpd:session", args=[session.pk]))
    visitor.page.get_by_role("link", name="Book colleagues").click()
    for each in team:
        visitor.page.get_by_label(each.name).check()
    look(visitor, "book-people")
    visitor.page.get_by_role("button", name="Book them").click()
    expect(
        visitor.page.get_by_text("8 colleagues are booked: 6 have a place, 2 are in the queue.")
    ).to_be_visible()
    look(visitor, "session-office")
    visitor.page.get_by_role("link", name="Slips for colleagues").click()
    visitor.page.get_by_role("button", name="Make 2 slips").click()
    look(visitor, "booking-slips")
    code = visitor.page.locator(".slips__code").first.inner_text()
    holder = visit(width="phone")
    holder.goto(reverse("cpd:slip"))
    holder.page.get_by_label("The code on your slip").fill(code)
    holder.page.get_by_role("button", name="Show my booking").click()
    expect(holder.page.get_by_text("Calm after break")).to_be_visible()
    look(holder, "booking-slip")


def test_called_off_it_stays_to_be_read(cast: Cast, session: Session, visit: Visit) -> None:
    BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
    visitor = visit(cast.coordinator)
    visitor.goto(reverse("cpd:call_off", args=[session.pk]))
    visitor.page.get_by_label("Why", exact=False).fill("The hall is flooded.")
    look(visitor, "call-off")
    visitor.page.get_by_role("button", name="Call it off").click()
    booked = visit(cast.support_staff, mfa=False, width="phone")
    booked.goto(reverse("cpd:session", args=[session.pk]))
    expect(booked.page.get_by_text("The hall is flooded.")).to_be_visible()
    look(booked, "session-called-off")


def test_two_who_share_a_child_find_each_other(
    cast: Cast, session: Session, shared_road: Road, visit: Visit
) -> None:
    for lead, person, school in (
        (cast.senco, cast.support_staff, cast.junior),
        (cast.next_senco, cast.next_support_staff, cast.secondary),
    ):
        BookingFactory(session=session, person=person, organisation=school)
        with rls.acting_as(lead.pk) as viewer:
            handover = Handover.objects.get(pk=shared_road.handover.pk)
            name_adult(
                handover, user_id=person.pk, organisation_id=school.pk, talk_counts=True, by=viewer, at=timezone.now()
            )  # fmt: skip
    address = reverse("cpd:session", args=[session.pk])
    visitor = visit(cast.support_staff, mfa=False, width="phone")
    visitor.goto(address)
    look(visitor, "session-partner")
    times = visitor.page.get_by_label("Time with")
    times.select_option(index=1)
    visitor.page.get_by_role("button", name="Offer ten minutes").click()
    expect(visitor.page.get_by_text("Offered", exact=True)).to_be_visible()
    other = visit(cast.next_support_staff, mfa=False, width="phone")
    other.goto(address)
    look(other, "session-partner-asked")
    other.page.get_by_text("Another time").click()
    other.page.get_by_label("Time with").select_option(index=0)
    look(other, "session-partner-another-time")
    other.page.get_by_role("button", name="Offer this time").click()
    expect(other.page.get_by_text("Offered", exact=True)).to_be_visible()
    visitor.goto(address)
    before = timezone.localtime(session.starts_at) - timedelta(minutes=10)
    visitor.page.get_by_role("button", name=f"Yes, {before:%H:%M}").click()
    expect(visitor.page.get_by_text("Agreed", exact=True)).to_be_visible()
    other.goto(address)
    expect(other.page.get_by_text(f"{before:%H:%M} to")).to_be_visible()
    look(other, "session-partner-agreed")
    Session.objects.filter(pk=session.pk).update(ends_at=session.ends_at + timedelta(minutes=15))
    other.goto(address)
    expect(other.page.get_by_text("Needs a new time")).to_be_visible()
    look(other, "session-partner-moved")
    senco = visit(cast.senco)
    senco.goto(reverse("transitions:adults", args=[shared_road.move.pk]))
    look(senco, "adults")

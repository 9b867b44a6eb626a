"""A coordinator's half-term: planned as drafts and offered, one session called off, the rest copied to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cpd.enums import SessionState
from cpd.models import Booking, Session
from schools.models import HalfTerm
from tests.cast import Cast
from tests.factories.cpd import BookingFactory, ProgrammeFactory
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def terms(cast: Cast) -> tuple[date, date]:
    """The Mondays on which the half-term under way and the next one began: six weeks each, around today."""
    today = timezone.localdate()
    this = today - timedelta(days=today.weekday())
    following = this + timedelta(weeks=7)
    HalfTerm.objects.filter(organisation=cast.la).delete()
    for number, start in ((1, this), (2, following)):
        HalfTerm.objects.create(
            organisation=cast.la, year_id=2026, number=number, starts_on=start,
            ends_on=start + timedelta(days=39),
        )  # fmt: skip
    return this, following


def plan(page: Page, title: str, day: date, room: str, *, save: str) -> None:
    page.locator("#id_programme").select_option(label="Calm after break")
    page.locator("#id_title").fill(title)
    for name, hour in (("starts_at", "15:45"), ("ends_at", "17:00"), ("closes_at", "12:00")):
        page.locator(f"#id_{name}_0").fill(f"{day:%d/%m/%Y}")
        page.locator(f"#id_{name}_1").fill(hour)
    page.locator("#id_opens_at_0").fill(f"{day - timedelta(days=30):%d/%m/%Y}")
    page.locator("#id_opens_at_1").fill("09:00")
    page.locator(".field-venue .select2-selection").click()
    page.keyboard.type("Millbrook Junior")
    page.locator(".select2-results__option", has_text="Millbrook Junior School").click()
    page.locator("#id_room").fill(room)
    page.locator("#id_capacity").fill("6")
    page.get_by_role("button", name=save, exact=True).click()


def test_plan_a_half_term_call_one_off_copy_the_rest(
    visit: Visit, cast: Cast, terms: tuple[date, date]
) -> None:
    ProgrammeFactory(partnership=cast.cluster, title="Calm after break")
    this, following = terms
    visitor = visit(cast.coordinator)
    page = visitor.goto("/admin/cpd/session/add/")
    first, second = this + timedelta(days=15), this + timedelta(days=22)
    plan(page, "One", first, "Hall", save="Save and add another")
    plan(page, "Two", this + timedelta(days=19), "Hall", save="Save and add another")
    expect(page.locator(".field-starts_at .errorlist, .errorlist").first).to_contain_text("at a weekend")
    plan(page, "Two", second, "Hall", save="Save")

    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("offer_them")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("2 sessions are offered now.")

    two = Session.objects.get(title="Two")
    BookingFactory(session=two, person=cast.support_staff, organisation=cast.junior)
    page.get_by_role("link", name="Two").click()
    page.get_by_role("link", name="Call it off").click()
    page.get_by_label("Why, in a sentence").fill("The hall is needed for a concert.")
    page.get_by_role("button", name="Call it off").click()
    page.goto(f"{visitor.address}/admin/cpd/session/{two.pk}/messages/")
    expect(page.locator("#content")).to_contain_text("Support Staff")
    assert visitor.axe() == []

    page.goto(f"{visitor.address}/admin/cpd/session/")
    page.get_by_role("link", name="Copy a half-term").click()
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(
        f"{following + timedelta(days=15):%a} {(following + timedelta(days=15)).day}"
    )
    assert visitor.axe() == []
    page.get_by_role("button", name="Make the drafts").click()
    expect(page.locator(".messagelist")).to_contain_text("1 draft is made. Nothing is offered yet.")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    made = Session.objects.get(state=SessionState.DRAFT)
    assert (made.title, timezone.localdate(made.starts_at)) == ("One", following + timedelta(days=15))
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("offer_them")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("1 session is offered now.")
    assert Booking.objects.filter(session=made).count() == 0

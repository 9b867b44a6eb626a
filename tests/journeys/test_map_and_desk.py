"""The map by keyboard and without scripts, and the coordinator's desk within the strict policy, at both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from schools.models import Invitation, Organisation
from tests.cast import Cast
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def placed(cast: Cast) -> Cast:
    """Every school has a place of its own."""
    for number, school in enumerate(Organisation.objects.schools().by_name()):
        school.latitude, school.longitude = 52.1 + number / 50, 0.4 + number / 30
        school.save()
    return cast


def test_the_map_is_walked_by_keyboard_and_its_legend_filters(visit: Visit, placed: Cast) -> None:
    visitor = visit(placed.observer, mfa=False)
    page = visitor.goto("/schools/map/")
    markers = page.locator(".marker")
    expect(markers).to_have_count(4)
    one = page.get_by_role("button", name="Northfield School, Secondary, Wendlebury")
    one.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Northfield School"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Northfield School")
    page.locator("#phase-primary").uncheck()
    expect(markers).to_have_count(1)
    expect(page.get_by_role("link", name="Millbrook Junior School")).to_have_count(0)
    page.reload()
    assert page.url.endswith("?phase=secondary&phase=fe&phase=other")
    expect(markers).to_have_count(1)
    assert visitor.axe() == []


def test_schools_close_together_are_one_marker_until_one_zooms_in(visit: Visit, placed: Cast) -> None:
    junior, beside, same = placed.junior, placed.infant, placed.other_junior
    for school, north in ((junior, 52.2), (same, 52.2), (beside, 52.2004)):
        Organisation.objects.filter(pk=school.pk).update(latitude=north, longitude=0.5)
    visitor = visit(placed.observer, mfa=False, width="phone")
    page = visitor.goto("/schools/map/")
    assert visitor.axe() == []
    many = page.locator(".marker--many")
    many.focus()
    assert (many.get_attribute("aria-label") or "").startswith("3 schools close together: ")
    page.keyboard.press("Enter")
    page.locator(".marker:not(.marker--many):focus").wait_for()
    expect(many).to_have_count(0)
    expect(page.locator(".marker")).to_have_count(4)
    assert visitor.axe() == []


def test_the_menu_is_one_row_on_a_phone_and_keeps_the_focus_in_sight(visit: Visit, placed: Cast) -> None:
    visitor = visit(placed.head, width="phone")
    page = visitor.goto("/schools/")
    menu = page.locator(".nav__list")
    assert menu.evaluate("row => row.clientHeight") < 60
    seen = (
        "link => link.getBoundingClientRect().left >= 0 && link.getBoundingClientRect().right <= innerWidth"
    )
    assert page.locator(".nav [aria-current]").evaluate(seen)
    page.locator(".nav__link").first.focus()
    for _ in range(page.locator(".nav__link").count() - 1):
        page.keyboard.press("Tab")
    assert page.locator(".nav__link:focus").inner_text() == page.locator(".nav__link").last.inner_text()
    assert page.locator(".nav__link").last.evaluate(seen)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_map_is_a_list_where_scripts_do_not_run(visit: Visit, placed: Cast) -> None:
    page = visit(placed.observer, mfa=False, scripts=False).goto("/schools/map/?phase=primary")
    expect(page.locator("[data-map]")).to_be_hidden()
    expect(page.get_by_role("link", name="Millbrook Junior School")).to_be_visible()
    expect(page.get_by_role("link", name="Northfield School")).to_have_count(0)
    page.locator("#phase-primary").uncheck()
    page.locator("#phase-secondary").check()
    page.get_by_role("button", name="Show these schools").click()
    expect(page.get_by_role("link", name="Northfield School")).to_be_visible()
    expect(page.get_by_role("link", name="Millbrook Junior School")).to_have_count(0)


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_directory_and_school_page_are_accessible(visit: Visit, placed: Cast, width: str) -> None:
    visitor = visit(placed.head, width=width)
    for path in ("/schools/", "/schools/?q=zzz", f"/schools/{placed.junior.pk}/"):
        visitor.goto(path)
        assert visitor.axe() == [], path
        assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


DESK = [
    "/admin/",
    "/admin/schools/organisation/",
    "/admin/schools/organisation/{cluster}/change/",
    "/admin/schools/closure/add/",
    "/admin/schools/closure/import/",
    "/admin/accounts/user/",
    "/admin/schools/post/{post}/change/",
    "/admin/schools/invitation/{invitation}/change/",
    "/admin/transitions/transition/",
    "/admin/audit/event/",
    "/admin/cpd/session/",
    "/admin/cpd/session/add/",
    "/admin/cpd/session/half-term/",
    "/admin/schools/halfterm/import/",
]


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_the_desk_keeps_the_policy_and_the_width(visit: Visit, cast: Cast, width: str) -> None:
    """A silent console is part of `visit`: anything the policy blocked would stand there."""
    post = cast.senco.posts.get()
    now = timezone.now()
    made = Invitation.objects.create(
        post=post, email="x@y.example", token_hash="h", created_at=now, expires_at=now
    )
    ids = {"cluster": cast.cluster.pk, "post": post.pk, "invitation": made.pk}
    visitor = visit(cast.coordinator, width=width)
    for path in DESK:
        visitor.goto(path.format(**ids))
        assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_an_autocomplete_finds_ones_own_by_hand(visit: Visit, cast: Cast) -> None:
    page = visit(cast.coordinator).goto("/admin/schools/closure/add/")
    page.locator(".select2-selection").click()
    page.keyboard.type("Millbrook")
    page.locator(".select2-results__option", has_text="Millbrook Junior School").click()
    page.locator("#id_on").fill("04/01/2027")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#result_list", has_text="Millbrook Junior School").wait_for()

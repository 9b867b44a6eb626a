"""The door as a browser sees it: quiet console, no other host, nothing for axe to find."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast, Road
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_sign_in_page_is_clean(visitor: Visitor) -> None:
    page = visitor.goto("/accounts/login/")
    expect(page.locator("h1")).to_have_count(1)
    assert visitor.axe() == []
    visitor.screens("sign-in")


def test_the_sign_in_page_works_without_scripts(visit: Callable[..., Visitor]) -> None:
    page = visit(scripts=False).goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("nobody@northfield.example")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".govuk-error-summary")).to_have_count(1)


def test_a_foreign_request_and_a_console_error_are_seen(visitor: Visitor) -> None:
    """The control: the watch does see what it is there to see."""
    page: Page = visitor.goto("/accounts/login/")
    page.evaluate("console.error('a fault'); new Image().src = 'http://elsewhere.invalid/x.png'")
    page.wait_for_timeout(300)
    seen = " ".join(visitor.watch.unexpected())
    assert "a fault" in seen
    assert "elsewhere.invalid" in seen
    visitor.watch.allow("")


def test_going_back_after_signing_out_shows_nothing(visitor: Visitor, cast: Cast, road: Road) -> None:
    visitor.signed_in(cast.senco).goto(f"/moves/{road.move.pk}/")
    assert "Marsh" in visitor.page.content()
    visitor.page.locator("details.who__menu summary").click()
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.page.wait_for_load_state()
    if "/accounts/logout/" in visitor.page.url:
        visitor.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    visitor.page.go_back()
    visitor.page.wait_for_load_state()
    assert "Marsh" not in visitor.page.content()

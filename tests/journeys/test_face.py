"""Every part and every sign-in page at phone and desk width: nothing for axe, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import override_settings

from tests.accounts.door import PASSWORD, Totp
from tests.cast import Cast
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/nowhere/"]
OWN = [
    "/accounts/2fa/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/password/change/",
    "/accounts/logout/",
]


def look(visitor: Visitor, path: str) -> None:
    visitor.goto(path)
    assert visitor.axe() == [], path
    width = visitor.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], path


@pytest.mark.parametrize(("width", "rows"), [("phone", "60"), ("desk", "0")])
def test_the_style_guide(visit: Callable[..., Visitor], width: str, rows: str) -> None:
    visitor = visit(width=width)
    with override_settings(ROOT_URLCONF="tests.journeys.styleguide_urls"):
        look(visitor, f"/styleguide/?rows={rows}")
        visitor.page.set_viewport_size({"width": 320, "height": 640})
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_pages_before_signing_in(visit: Callable[..., Visitor], width: str) -> None:
    visitor = visit(width=width)
    visitor.watch.allow("404")
    for path in PUBLIC:
        look(visitor, path)


def test_the_second_step_is_set_up_and_every_page_of_ones_own_is_whole(
    visit: Callable[..., Visitor], cast: Cast
) -> None:
    visitor = visit(width="phone")
    page = visitor.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(cast.senco.email or "")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    look(visitor, "/accounts/2fa/totp/activate/")
    page.get_by_text("The camera does not read it").click()
    page.get_by_label("Code").fill(Totp(page.locator("#authenticator_secret").inner_text()).code())
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    for path in OWN:
        look(visitor, path)

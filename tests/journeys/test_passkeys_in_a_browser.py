"""Passkeys in Chromium, with the device it brings along for tests: made, used to sign in, and as the second step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, expect

from tests.accounts.door import PASSWORD
from tests.cast import Cast
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def with_device(visitor: Visitor, *, verifies: bool = True) -> tuple[CDPSession, str]:
    """A device with a screen lock that opens at once, or never."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    made: dict[str, Any] = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devtools, made["authenticatorId"]


def sign_in_by_password(visitor: Visitor, email: str) -> None:
    page = visitor.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_made_once_and_then_the_way_in(cast: Cast, visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    with_device(visitor)
    sign_in_by_password(visitor, cast.head.email or "")
    page = visitor.goto("/staff/")
    page.get_by_role("link", name="Add a passkey instead").click()
    assert visitor.axe() == []
    visitor.screens("passkey-add")
    page.get_by_label("Name").fill("School laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert Authenticator.objects.get(user=cast.head, type="webauthn").wrap().name == "School laptop"
    page = visitor.goto("/staff/")
    expect(page.get_by_role("heading", name="Staff", exact=True)).to_be_visible()

    visitor.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    visitor.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{visitor.address}/")
    visitor.goto("/staff/")
    expect(page.get_by_role("heading", name="Staff", exact=True)).to_be_visible()

    visitor.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    sign_in_by_password(visitor, cast.head.email or "")
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    assert visitor.axe() == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{visitor.address}/")
    visitor.goto("/accounts/2fa/passkeys/")
    expect(
        page.get_by_role("cell", name="School laptop").or_(page.get_by_text("School laptop")).first
    ).to_be_visible()
    assert visitor.axe() == []


def test_a_device_that_stays_locked_says_so_in_words(cast: Cast, visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    with_device(visitor, verifies=False)
    page = visitor.goto("/accounts/login/")
    fault = page.get_by_text("No passkey was used.")
    expect(fault).to_be_hidden()
    page.get_by_role("button", name="Use a passkey").click()
    expect(fault).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "passkey-fault"


def test_without_scripts_no_button_is_offered_that_does_nothing(visit: Callable[..., Visitor]) -> None:
    page = visit(scripts=False).goto("/accounts/login/")
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)

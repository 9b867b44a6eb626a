"""From the office's counter to the device in the staff room: a code is given, typed, and the device left clean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from partnership.accounts.models import User
from tests.cast import Cast
from tests.factories.schools import PostFactory
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def code(visit: Callable[..., Visitor], cast: Cast) -> str:
    """What the office reads on its own screen."""
    colleague = User.objects.create_user(name="Maureen Gill")
    PostFactory(user=colleague, role="support_staff", organisation=cast.junior)
    teacher = User.objects.create_user(name="Theo Tanner")
    PostFactory(user=teacher, role="class_teacher", organisation=cast.junior)
    office = visit(cast.school_office, width="phone")
    page = office.goto("/staff/")
    expect(page.get_by_text("No sign-in code. Their post reaches pages about children")).to_be_visible()
    assert office.axe() == []
    office.screens("staff-of-the-office")
    page.get_by_role("button", name="Sign-in code for Maureen Gill").click()
    expect(page.get_by_role("heading", name="Sign-in code for Maureen Gill")).to_be_visible()
    assert office.axe() == []
    office.screens("office-code-given")
    return page.locator(".slip__code").inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_colleague_comes_in_by_it_and_leaves_the_device_clean(
    visit: Callable[..., Visitor], code: str, scripts: bool
) -> None:
    device = visit(width="phone", scripts=scripts)
    page = device.goto("/accounts/login/?next=/cpd/")
    page.get_by_role("link", name="I have a code from the school office").click()
    page.get_by_label("Code").fill("BBBB-BBBB")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".govuk-error-message")).to_contain_text("That code is not good")
    if scripts:
        assert device.axe() == []
        device.screens("office-code-wrong")
    page.get_by_label("Code").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="CPD", exact=True)).to_be_visible()
    band = page.get_by_role("region", name="Signed in by a code")
    expect(band).to_contain_text("On a shared device, sign out")
    if scripts:
        assert device.axe() == []
        device.screens("office-code-inside")
    band.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_a_page_left_open_goes_by_itself(
    visit: Callable[..., Visitor], code: str, settings: Settings
) -> None:
    settings.SESSION_IDLE_SHARED = timedelta(seconds=2)
    page = visit(width="phone").goto("/sign-in-code/")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("region", name="Signed in by a code")).to_be_visible()
    expect(page.get_by_text("nothing was pressed for a while")).to_be_visible()
    expect(page.get_by_role("region", name="Signed in by a code")).to_have_count(0)

"""The destination form shows what belongs to the chosen answer, and all of it where scripts do not run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.cast import Cast, Road
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def test_the_fields_of_the_chosen_answer_are_shown(cast: Cast, road: Road, visit: Visit) -> None:
    address = reverse("transitions:destination", args=[road.move.pk])
    visitor = visit(cast.senco, width="phone")
    page = visitor.goto(address)
    school, named = (
        page.get_by_label("School of the partnership", exact=True),
        page.get_by_label("Name, town or URN"),
    )
    sure = page.get_by_text("How sure is it?")
    assert (school.is_visible(), named.is_visible(), sure.is_visible()) == (True, False, True)
    page.get_by_label("Another school in England").check()
    assert (school.is_visible(), named.is_visible(), sure.is_visible()) == (False, True, True)
    named.fill("school")
    page.get_by_role("button", name="Record the destination").click()
    page.get_by_text("Which school is it?").wait_for()
    expect(named).to_be_visible()
    assert visitor.axe() == []
    page.get_by_label("Not known yet").check()
    assert (named.is_visible(), sure.is_visible()) == (False, False)

    plain = visit(cast.senco, scripts=False).goto(address)
    expect(plain.get_by_label("School of the partnership", exact=True)).to_be_visible()
    expect(plain.get_by_label("Name, town or URN")).to_be_visible()

"""The one-page form where scripts do not run: any button saves everything, and two writers lose no word."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast, Road, SignIn
from transitions.models import Section

pytestmark = pytest.mark.django_db


def filled(client: Any, road: Road) -> tuple[str, dict[str, str]]:
    """The page's address and its fields as a browser would send them back."""
    address = reverse("transitions:write_all", args=[road.move.pk])
    data: dict[str, str] = {}
    for _, form, *_ in client.get(address).context["forms"]:
        for bound in form:
            value = bound.value()
            if isinstance(value, str | int) and not isinstance(value, bool):
                data[bound.html_name] = str(value)
    return address, data


def text(road: Road, kind: str) -> str:
    return Section.objects.get(handover=road.handover, kind=kind).text


def test_one_button_saves_every_section_that_was_changed(cast: Cast, road: Road, sign_in: SignIn) -> None:
    senco = sign_in(cast.senco)
    address, data = filled(senco, road)
    data |= {"helps-text": "A quiet corner.", "friends-text": "Close to two.", "save": "friends"}
    answer = senco.post(address, data)
    assert answer["Location"] == f"{address}#friends"
    assert (text(road, "helps"), text(road, "friends")) == ("A quiet corner.", "Close to two.")
    left_alone = Section.objects.get(handover=road.handover, kind="strengths")
    assert left_alone.version == 1, "what was not touched is not written again"


def test_what_a_file_filled_in_is_ones_own_only_by_its_own_button(
    cast: Cast, road: Road, sign_in: SignIn
) -> None:
    Section.objects.filter(handover=road.handover, kind__in=["in_place", "family"]).update(prefilled=True)
    senco = sign_in(cast.senco)
    address, data = filled(senco, road)
    senco.post(address, {**data, "save": "family"})
    looked_over = dict(Section.objects.filter(handover=road.handover).values_list("kind", "prefilled"))
    assert (looked_over["family"], looked_over["in_place"]) == (False, True)


def test_a_fault_in_one_section_loses_nothing_of_the_others(cast: Cast, road: Road, sign_in: SignIn) -> None:
    senco = sign_in(cast.senco)
    address, data = filled(senco, road)
    data |= {
        "health-text": "Asthma.",
        "health-nothing": "on",
        "helps-text": "A quiet corner.",
        "save": "helps",
    }
    page = senco.post(address, data)
    html = page.content.decode()
    assert "Something is written above" in html
    assert "Asthma." in html
    assert text(road, "helps") == "A quiet corner."
    again = {form["version"].html_name: str(form["version"].value()) for _, form, *_ in page.context["forms"]}
    senco.post(address, {**data, **again, "health-nothing": "", "helps-text": "A quiet corner, always."})
    assert (text(road, "health"), text(road, "helps")) == ("Asthma.", "A quiet corner, always.")


def test_two_writers_meet_and_both_texts_stand_there(cast: Cast, road: Road, sign_in: SignIn) -> None:
    senco, lead = sign_in(cast.senco), sign_in(cast.transition_lead)
    address, data = filled(senco, road)
    lead.post(
        reverse("transitions:write", args=[road.move.pk, "helps"]),
        {"version": 1, "text": "Theirs, in between."},
    )
    page = senco.post(address, {**data, "helps-text": "Mine.", "friends-text": "Close to two."})
    assert page.status_code == 409
    html = page.content.decode()
    assert "Theirs, in between." in html
    assert "Mine." in html
    assert (text(road, "helps"), text(road, "friends")) == ("Theirs, in between.", "Close to two.")


def test_who_may_not_write_saves_nothing(cast: Cast, road: Road, sign_in: SignIn) -> None:
    address, data = filled(sign_in(cast.senco), road)
    data |= {"helps-text": "Forged.", "save": "helps"}
    assert sign_in(cast.school_office).post(address, data).status_code == 403
    assert sign_in(cast.stranger_senco).post(address, data).status_code == 404
    assert "Forged" not in text(road, "helps")

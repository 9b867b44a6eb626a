"""The check before a handover goes, and roads that are shown only where they lead somewhere."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast, Road, SignIn
from tests.factories.transitions import NOW
from transitions.models import Handover, HandoverStep, Section, Transition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def path(name: str, road: Road, *more: str) -> str:
    return reverse(f"transitions:{name}", args=[road.move.pk, *more])


def doubts(client: Any, road: Road) -> list[str]:
    return [each.section for each in client.get(path("share", road)).context["doubts"]]


def test_no_word_from_the_child_and_what_nobody_looked_over_are_named(
    cast: Cast, road: Road, sign_in: SignIn
) -> None:
    senco = sign_in(cast.senco)
    assert doubts(senco, road) == []
    Section.objects.filter(kind="about_me").update(text="")
    Section.objects.filter(kind="in_place").update(prefilled=True)
    assert doubts(senco, road) == ["about_me", "in_place"]
    html = senco.get(path("share", road)).content.decode()
    assert "There is no word from Robin yet" in html
    assert "nobody has looked it over" in html
    senco.post(path("share", road))
    assert Handover.objects.get(pk=road.handover.pk).state == "shared", "it is a doubt and hinders nobody"


def test_change_leads_back_to_the_check(cast: Cast, road: Road, sign_in: SignIn) -> None:
    senco = sign_in(cast.senco)
    address = f"{path('write', road, 'helps')}?to=share"
    assert address in senco.get(path("share", road)).content.decode()
    assert "Save and go back to the check" in senco.get(address).content.decode()
    assert senco.post(address, {"version": 1, "text": "A quiet corner."})["Location"] == path("share", road)
    met = senco.post(address, {"version": 1, "text": "Seen too late."})
    assert (met.status_code, f'action="{address}"' in met.content.decode()) == (409, True)
    plain = senco.post(path("write", road, "helps"), {"version": 2, "text": "A quiet corner, always."})
    assert plain["Location"] != path("share", road)


def test_settling_is_open_once_the_child_has_come(cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
    Handover.objects.update(state="accepted", met_on=date(2026, 11, 20), received_at=NOW)
    lead = sign_in(cast.next_senco)
    answer = lead.get(path("settle", shared_road), follow=True)
    assert answer.redirect_chain[-1][0] == path("child", shared_road)
    assert "The child is expected on" in answer.content.decode()
    Transition.objects.filter(pk=shared_road.move.pk).update(moves_on=date(2026, 11, 1))
    assert "Has Robin settled?" in lead.get(path("settle", shared_road)).content.decode()


def test_withdrawing_is_open_while_it_can_be_done(cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
    senco = sign_in(cast.senco)
    assert "Withdraw the handover" in senco.get(path("withdraw", shared_road)).content.decode()
    Handover.objects.update(state="accepted", met_on=date(2026, 11, 20), received_at=NOW)
    html = senco.get(path("withdraw", shared_road), follow=True).content.decode()
    assert "“Withdraw” is possible from" in html
    assert "Withdraw the handover" not in html


def test_the_history_names_the_section_that_was_taken_out(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    sign_in(cast.dsl).post(path("withhold", shared_road, "seating"), {"reason": "It names another child"})
    assert HandoverStep.objects.get(move="withhold").note.startswith("Who to sit with")
    html = sign_in(cast.senco).get(path("child", shared_road)).content.decode()
    assert "Who to sit with, who to keep apart: It names another child" in html

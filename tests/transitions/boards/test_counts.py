"""The counts of an LA or a trust: sums alone, small numbers hidden."""

from __future__ import annotations

import pytest
from django.urls import reverse

from partnership.access import rls
from tests.cast import CANARY, Cast, Road, SignIn
from tests.factories.schools import PupilFactory
from tests.factories.transitions import NOW, TransitionFactory
from transitions.models import Handover

COUNTS = reverse("transitions:counts")


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def cells(response: object) -> list[list[object]]:
    (table,) = response.context["tables"]  # type: ignore[attr-defined]
    return [[cell for _, cell in row.cells] + [row.total] for row in table.rows]


def ten_without_a_place(cast: Cast) -> None:
    for _ in range(10):
        TransitionFactory(pupil=PupilFactory(school=cast.junior))


def test_small_numbers_are_hidden_and_what_would_give_them_away(
    cast: Cast, shared_road: Road, far_road: Road, sign_in: SignIn
) -> None:
    ten_without_a_place(cast)
    for _ in range(7):
        TransitionFactory(pupil=PupilFactory(school=cast.junior), to_school=cast.secondary)
    assert cells(sign_in(cast.la_officer).get(COUNTS)) == [
        [10, "c", "c", 0, 0, 0, 18],
        [10, "c", "c", 0, 0, 0, 18],
    ]


def test_a_trust_counts_its_own_schools(cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
    ten_without_a_place(cast)
    for _ in range(6):
        TransitionFactory(pupil=PupilFactory(school=cast.junior), to_school=cast.secondary)
    (first, _all) = cells(sign_in(cast.trust_leader).get(COUNTS))
    assert first[0] == 0, "those without a place come to none of its schools yet"
    assert first[-1] == 7


def test_handovers_are_counted_without_their_rows_being_seen(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    for each in range(6):
        TransitionFactory(
            pupil=PupilFactory(school=cast.junior, forename=f"A{each}"), to_school=cast.secondary
        )
    page = sign_in(cast.la_officer).get(COUNTS)
    assert cells(page)[0][-1] == 7
    with rls.acting_as(cast.la_officer.pk):
        assert not Handover.objects.exists(), "the widened reach lasts no longer than the count"


@pytest.mark.parametrize("who", ["la_officer", "trust_leader"])
def test_no_child_is_named(cast: Cast, shared_road: Road, far_road: Road, sign_in: SignIn, who: str) -> None:
    html = sign_in(getattr(cast, who)).get(COUNTS).content.decode()
    assert "Marsh" not in html
    assert CANARY not in html
    assert shared_road.move.reference not in html


@pytest.mark.parametrize("who", ["head", "coordinator", "observer", "governor", "class_teacher", "superuser"])
def test_others_have_no_counts(cast: Cast, sign_in: SignIn, who: str) -> None:
    assert sign_in(getattr(cast, who)).get(COUNTS).status_code == 403


def test_nothing_yet(cast: Cast, sign_in: SignIn) -> None:
    assert "No moves yet" in sign_in(cast.la_officer).get(COUNTS).content.decode()

"""Who has a place, from numbers alone."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpd.enums import Waits
from cpd.rules import Claim, Standing, in_order, one_more, standings

ASH, ELM, OAK = (uuid.UUID(int=n) for n in (1, 2, 3))
BEFORE, RELEASE, AFTER = date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 20)


def claim(number: int, school: uuid.UUID = ASH, *, on: date = BEFORE, party: int | None = None) -> Claim:
    return Claim(uuid.UUID(int=1000 + number), number, school, on, uuid.UUID(int=party) if party else None)


def where(*claims: Claim, capacity: int, cap: int | None = None, today: date = BEFORE) -> list[Standing]:
    found = standings(
        claims, capacity=capacity, share_cap=cap, share_until=RELEASE if cap else None, today=today
    )
    return [found[each.id] for each in claims]


def test_places_go_by_number_and_gaps_do_not_matter() -> None:
    assert where(claim(2), claim(5), claim(9), capacity=2) == [
        Standing(True, 1),
        Standing(True, 2),
        Standing(False, 1, Waits.FULL),
    ]


def test_beyond_its_share_a_school_waits_and_the_next_school_passes() -> None:
    assert where(claim(1), claim(2), claim(3, ELM), capacity=3, cap=1) == [
        Standing(True, 1),
        Standing(False, 1, Waits.SHARE),
        Standing(True, 2),
    ]


def test_on_the_day_of_release_the_rest_is_open_to_everyone_in_order() -> None:
    claims = (claim(1), claim(2), claim(3, ELM), claim(4, OAK, on=AFTER))
    found = where(*claims, capacity=3, cap=1, today=RELEASE)
    assert [each.placed for each in found] == [True, True, True, False]


def test_nobody_placed_within_the_share_gives_way_at_the_release() -> None:
    claims = (claim(1), claim(2), claim(3, ELM))
    assert [each.placed for each in where(*claims, capacity=2, cap=1)] == [True, False, True]
    assert [each.placed for each in where(*claims, capacity=2, cap=1, today=RELEASE)] == [True, False, True]


def test_a_party_stays_together_and_nobody_passes_it() -> None:
    claims = (claim(1), claim(2, ELM, party=7), claim(3, ELM, party=7), claim(4, OAK))
    assert where(*claims, capacity=2) == [
        Standing(True, 1),
        Standing(False, 1, Waits.TOGETHER),
        Standing(False, 2, Waits.TOGETHER),
        Standing(False, 3, Waits.AHEAD),
    ]


def test_a_group_with_no_room_in_its_share_stops_its_own_school_alone() -> None:
    claims = (claim(1, ELM), claim(2, ELM, party=7), claim(3, ELM, party=7), claim(4, ELM), claim(5, OAK))
    assert where(*claims, capacity=9, cap=2) == [
        Standing(True, 1),
        Standing(False, 1, Waits.SHARE_TOGETHER),
        Standing(False, 2, Waits.SHARE_TOGETHER),
        Standing(False, 3, Waits.SHARE_AHEAD),
        Standing(True, 2),
    ]
    more = {school: one_more(school, claims, capacity=9, share_cap=2, share_until=RELEASE, today=BEFORE)
            for school in (ASH, ELM, OAK)}  # fmt: skip
    assert more == {
        ASH: Standing(True, 3),
        OAK: Standing(True, 3),
        ELM: Standing(False, 4, Waits.SHARE_AHEAD),
    }


@st.composite
def queues(draw: st.DrawFn) -> tuple[list[Claim], int, int | None]:
    number, claims = 0, []
    released = draw(st.booleans())
    for index in range(draw(st.integers(1, 14))):
        school = draw(st.sampled_from([ASH, ELM, OAK]))
        on = AFTER if released and index > 7 else BEFORE
        size = draw(st.sampled_from([1, 1, 1, 2, 3]))
        for _ in range(size):
            number += draw(st.integers(1, 3))
            claims.append(claim(number, school, on=on, party=500 + index if size > 1 else None))
    return claims, draw(st.integers(1, 12)), draw(st.sampled_from([None, 1, 2, 4]))


@given(queues(), st.data(), st.sampled_from([BEFORE, RELEASE, AFTER]))
@settings(max_examples=400, deadline=None)
def test_nobody_loses_a_place_because_somebody_else_cancels(
    queue: tuple[list[Claim], int, int | None], data: st.DataObject, today: date
) -> None:
    claims, capacity, cap = queue
    until = RELEASE if cap else None
    before = standings(claims, capacity=capacity, share_cap=cap, share_until=until, today=today)
    gone = data.draw(st.sampled_from(claims))
    left = [each for each in claims if each.id != gone.id]
    kept = [*left, replace(gone, live=False)]
    after = standings(kept, capacity=capacity, share_cap=cap, share_until=until, today=today)
    assert all(after[each.id].placed for each in left if before[each.id].placed)


@given(queues(), st.sampled_from([BEFORE, RELEASE, AFTER]))
@settings(max_examples=300, deadline=None)
def test_never_more_than_the_places_and_ranks_have_no_gap(
    queue: tuple[list[Claim], int, int | None], today: date
) -> None:
    claims, capacity, cap = queue
    found = standings(
        claims, capacity=capacity, share_cap=cap, share_until=RELEASE if cap else None, today=today
    )
    placed = sorted(each.rank for each in found.values() if each.placed)
    waiting = sorted(each.rank for each in found.values() if not each.placed)
    assert len(placed) <= capacity
    assert placed == list(range(1, len(placed) + 1))
    assert waiting == list(range(1, len(waiting) + 1))


@given(queues(), st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_the_release_takes_no_place_away(queue: tuple[list[Claim], int, int | None], more: int) -> None:
    claims, capacity, cap = queue
    early = [each for each in claims if each.on == BEFORE]
    before = standings(early, capacity=capacity, share_cap=cap or 1, share_until=RELEASE, today=BEFORE)
    after = standings(claims, capacity=capacity, share_cap=cap or 1, share_until=RELEASE, today=RELEASE)
    assert all(after[key].placed for key, standing in before.items() if standing.placed)


@given(st.integers(1, 9), st.lists(st.booleans(), min_size=1, max_size=14))
@settings(max_examples=100, deadline=None)
def test_without_shares_and_parties_counting_says_the_same(capacity: int, live: list[bool]) -> None:
    claims = [replace(claim(number), live=comes) for number, comes in enumerate(live, 1)]
    found = standings(claims, capacity=capacity, today=BEFORE)
    coming = [each.id for each in claims if each.live]
    assert found == {pk: in_order(rank, capacity=capacity) for rank, pk in enumerate(coming, 1)}


@pytest.mark.parametrize("capacity", [1, 3])
def test_more_places_take_none_away(capacity: int) -> None:
    claims = [claim(n, school) for n, school in enumerate([ASH, ASH, ELM, OAK], start=1)]
    fewer, more = where(*claims, capacity=capacity, cap=1), where(*claims, capacity=capacity + 1, cap=1)
    assert all(b.placed for a, b in zip(fewer, more, strict=True) if a.placed)

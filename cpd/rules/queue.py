"""Who has a place: worked out from numbers, cancellations, shares and parties. Pure, so that no step can fail to be taken.

Nobody who has a place loses it because somebody else cancels, whatever the shares and parties; a test tries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cpd.enums import Waits


@dataclass(frozen=True, slots=True)
class Claim:
    """One booking: its number, its school, when it was made, and the party that wants to come together, if any. What was
    cancelled (`live` false) still counts where the shares ask how many of a school came before."""

    id: uuid.UUID
    number: int
    organisation_id: uuid.UUID
    on: date
    party: uuid.UUID | None = None
    live: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one booking stands: place `rank` of the session, or `rank` in the queue and why."""

    placed: bool
    rank: int
    waits: Waits | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """What is placed whole: one person, or a party that stays together."""

    claims: tuple[Claim, ...]

    @property
    def live(self) -> tuple[Claim, ...]:
        """Those who still want to come."""
        return tuple(claim for claim in self.claims if claim.live)

    @property
    def on(self) -> date:
        return self.claims[0].on


def standings(
    claims: Iterable[Claim],
    *,
    capacity: int,
    share_cap: int | None = None,
    share_until: date | None = None,
    today: date,
) -> dict[uuid.UUID, Standing]:
    """Where every booking of one session stands at this moment.

    In order of number; before the release a school's bookings beyond its share wait, and whoever is behind passes them.
    From the release on they come after those within the shares and before whoever books later. A party that stays
    together is placed whole, and nobody passes it."""
    units = units_of(sorted(claims, key=lambda each: each.number))
    if share_cap is None or share_until is None:
        return placed(units, [], capacity)
    if today < share_until:
        return placed(*split_by_share(units, share_cap), capacity)
    early = [unit for unit in units if unit.on < share_until]
    within, beyond = split_by_share(early, share_cap)
    late = [unit for unit in units if unit.on >= share_until]
    return placed([*within, *(unit for unit, _ in beyond), *late], [], capacity)


def one_more(
    organisation_id: uuid.UUID,
    claims: Iterable[Claim],
    *,
    capacity: int,
    share_cap: int | None = None,
    share_until: date | None = None,
    today: date,
) -> Standing:
    """Where somebody of this organisation would stand who books now."""
    claims = list(claims)
    number = max((each.number for each in claims), default=0) + 1
    claim = Claim(id=uuid.uuid4(), number=number, organisation_id=organisation_id, on=today)
    return standings(
        [*claims, claim], capacity=capacity, share_cap=share_cap, share_until=share_until, today=today
    )[claim.id]


def in_order(rank: int, *, capacity: int) -> Standing:
    """Where the one stands who is `rank`-th of those who still want to come, where neither shares nor parties decide."""
    if rank <= capacity:
        return Standing(placed=True, rank=rank)
    return Standing(placed=False, rank=rank - capacity, waits=Waits.FULL)


def units_of(claims: Sequence[Claim]) -> list[Unit]:
    """By number; a party stands where its first member does."""
    together: dict[uuid.UUID, list[Claim]] = defaultdict(list)
    for claim in claims:
        together[claim.party or claim.id].append(claim)
    return [Unit(tuple(members)) for members in together.values()]


def split_by_share(units: Sequence[Unit], cap: int) -> tuple[list[Unit], list[tuple[Unit, Waits]]]:
    """Within and beyond the share of each school, these with the reason.

    Once one of a school is beyond, so are those behind it. Whether a party is within is decided by who ever booked, so
    that a cancellation lets in one for one, and never a party in place of somebody."""
    taken: dict[uuid.UUID, int] = defaultdict(int)
    ever: dict[uuid.UUID, int] = defaultdict(int)
    shut: set[uuid.UUID] = set()
    within: list[Unit] = []
    beyond: list[tuple[Unit, Waits]] = []
    for unit in units:
        school, party = unit.claims[0].organisation_id, unit.claims[0].party is not None
        ever[school] += len(unit.claims)
        room = taken[school] < cap
        if school not in shut and room and (not party or ever[school] <= cap):
            taken[school] += len(unit.live)
            within.append(unit)
        elif party or unit.live:
            waits = Waits.SHARE_TOGETHER if party else Waits.SHARE_AHEAD
            beyond.append((unit, waits if room else Waits.SHARE))
            shut.add(school)
    return within, beyond


def placed(
    order: Sequence[Unit], held_back: Sequence[tuple[Unit, Waits]], capacity: int
) -> dict[uuid.UUID, Standing]:
    """Places for the first of the order, as far as they go; the rest queue, and behind them those held back."""
    found: dict[uuid.UUID, Standing] = {}
    left, rank, place = capacity, 0, 0
    blocked: Waits | None = None
    for unit, waits in (*((unit, None) for unit in order), *held_back):
        if waits is None and blocked is None and len(unit.live) > left:
            waits = Waits.TOGETHER if left else Waits.FULL
            blocked = Waits.AHEAD if left else Waits.FULL
        elif waits is None:
            waits = blocked
        for claim in unit.live:
            if waits is None:
                place += 1
                found[claim.id] = Standing(placed=True, rank=place)
            else:
                rank += 1
                found[claim.id] = Standing(placed=False, rank=rank, waits=waits)
        if waits is None:
            left -= len(unit.live)
    return found

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
    """One live booking: its number, its school, when it was made, and the party that wants to come together, if any."""

    id: uuid.UUID
    number: int
    organisation_id: uuid.UUID
    on: date
    party: uuid.UUID | None = None


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
    def number(self) -> int:
        return self.claims[0].number

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
    units = units_of(claims)
    if share_cap is None or share_until is None:
        return placed(units, [], capacity)
    if today < share_until:
        return placed(*split_by_share(units, share_cap), capacity)
    within, beyond = split_by_share([unit for unit in units if unit.on < share_until], share_cap)
    late = [unit for unit in units if unit.on >= share_until]
    return placed([*within, *beyond, *late], [], capacity)


def units_of(claims: Iterable[Claim]) -> list[Unit]:
    """By number; a party stands where its first member does."""
    together: dict[uuid.UUID, list[Claim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda each: each.number):
        together[claim.party or claim.id].append(claim)
    return [Unit(tuple(members)) for members in together.values()]


def split_by_share(units: Sequence[Unit], cap: int) -> tuple[list[Unit], list[Unit]]:
    """Within and beyond the share of each school. Once one of a school is beyond, so are those of that school behind it:
    else a cancellation could take a place from somebody."""
    taken: dict[uuid.UUID, int] = defaultdict(int)
    within: list[Unit] = []
    beyond: list[Unit] = []
    for unit in units:
        school = unit.claims[0].organisation_id
        if taken[school] + len(unit.claims) <= cap:
            taken[school] += len(unit.claims)
            within.append(unit)
        else:
            taken[school] = cap
            beyond.append(unit)
    return within, beyond


def placed(order: Sequence[Unit], held_back: Sequence[Unit], capacity: int) -> dict[uuid.UUID, Standing]:
    """Places for the first of the order, as far as they go; the rest queue, and behind them those held back."""
    found: dict[uuid.UUID, Standing] = {}
    left, rank, place = capacity, 0, 0
    blocked: Waits | None = None
    for unit, waits in (*((unit, None) for unit in order), *((unit, Waits.SHARE) for unit in held_back)):
        if waits is None and blocked is None and len(unit.claims) > left:
            waits = Waits.TOGETHER if left else Waits.FULL
            blocked = Waits.AHEAD if left else Waits.FULL
        elif waits is None:
            waits = blocked
        for claim in unit.claims:
            if waits is None:
                place += 1
                found[claim.id] = Standing(placed=True, rank=place)
            else:
                rank += 1
                found[claim.id] = Standing(placed=False, rank=rank, waits=waits)
        if waits is None:
            left -= len(unit.claims)
    return found

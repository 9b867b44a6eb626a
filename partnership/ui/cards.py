"""Cards: what each app puts on the home page, without the home page knowing the app.

An app's `cards.py` calls `register(maker)`; the home page asks `cards_for(viewer, today)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from partnership.ui.viewers import ViewerLike


class Place(IntEnum):
    """Where a card stands on the home page, from top to bottom."""

    WAITING = 1
    LATE = 2
    COMING = 3
    NUMBERS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One matter: what, why, by when, one button. Rows of several apps are merged by `due`."""

    title: str
    href: str
    why: str = ""
    due: date | None = None
    due_text: str = ""
    status: str = ""
    action: str = "Open"


@dataclass(frozen=True, slots=True)
class Number:
    """A quiet number; with `total` it is drawn as a part of it."""

    value: int | str
    label: str
    href: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What one app has to say in one place. `empty` is said when there are neither rows nor numbers."""

    place: Place
    title: str
    rows: tuple[Row, ...] = ()
    numbers: tuple[Number, ...] = ()
    empty: str = ""
    more_href: str = ""
    more_text: str = ""
    order: int = 0


CardMaker = Callable[[ViewerLike, date], Card | Sequence[Card] | None]

_makers: dict[str, CardMaker] = {}


def register(maker: CardMaker) -> CardMaker:
    """Add a maker (usable as a decorator); it returns no card for a viewer whom it does not concern, or several that
    come from one reading."""
    _makers[f"{maker.__module__}.{getattr(maker, '__qualname__', maker)}"] = maker
    return maker


def cards_for(viewer: ViewerLike, today: date) -> list[Card]:
    """All cards for this viewer, by place, then order, then title."""
    made: list[Card] = []
    for maker in _makers.values():
        found = maker(viewer, today)
        made += [found] if isinstance(found, Card) else found or ()
    return sorted(made, key=lambda card: (card.place, card.order, card.title))


def merged(cards: list[Card], place: Place, *, at_most: int | None = None) -> tuple[Row, ...]:
    """The rows of all cards of one place, soonest first, those without a day last."""
    rows = [row for card in cards if card.place == place for row in card.rows]
    rows.sort(key=lambda row: (row.due is None, row.due or date.max))
    return tuple(rows[:at_most])

"""The navigation shows each viewer what they may open, and the home page's cards come in their order."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

import pytest

from partnership.ui import cards, navigation
from partnership.ui.cards import Card, Place, Row
from partnership.ui.navigation import NavItem

TODAY = date(2026, 11, 20)


@dataclass
class Somebody:
    """A viewer by what they may do."""

    may: set[str] = field(default_factory=set)
    signed_in: bool = True
    name: str = "Jo"
    user_id: uuid.UUID | None = None

    def has(self, permission: str) -> bool:
        return permission in self.may


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for store in ("_items", "_footer"):
        monkeypatch.setattr(navigation, store, {})
    monkeypatch.setattr(navigation, "_inbox", [])
    monkeypatch.setattr(cards, "_makers", {})


def test_items_come_in_order_to_those_who_may() -> None:
    navigation.register(NavItem("Second", "account_logout", 2, ("b", "c")))
    navigation.register(NavItem("First", "account_login", 1))
    assert [link.label for link in navigation.links_for(Somebody(), "/")] == ["First"]
    assert [link.label for link in navigation.links_for(Somebody({"c"}), "/")] == ["First", "Second"]
    assert navigation.links_for(Somebody({"c"}, signed_in=False), "/") == []


def test_registering_twice_shows_it_once() -> None:
    for label in ("Old", "New"):
        navigation.register(NavItem(label, "account_login", 1))
    assert [link.label for link in navigation.links_for(Somebody(), "/")] == ["New"]


@pytest.mark.parametrize(
    ("path", "current"),
    [("/accounts/login/", "page"), ("/accounts/login/code/", "true"), ("/child/1/", "true"), ("/", "")],
)
def test_the_item_one_stands_on_is_marked(path: str, current: str) -> None:
    navigation.register(NavItem("Sign in", "account_login", 1, under=("/child/",)))
    assert navigation.links_for(Somebody(), path)[0].current == current


def test_the_inbox_is_counted_for_the_signed_in() -> None:
    assert navigation.inbox_for(Somebody()) is None
    navigation.register_inbox("account_login", lambda viewer: 3)
    link = navigation.inbox_for(Somebody())
    assert link is not None
    assert link.unread == 3
    assert navigation.inbox_for(Somebody(signed_in=False)) is None


def test_cards_stand_by_place_and_order_and_those_without_concern_are_left_out() -> None:
    @cards.register
    def late(viewer: object, today: date) -> Card | None:
        return Card(Place.LATE, "Late")

    @cards.register
    def waiting(viewer: object, today: date) -> Card | None:
        return Card(Place.WAITING, "Waiting", order=2)

    @cards.register
    def first(viewer: object, today: date) -> Card | None:
        return Card(Place.WAITING, "First", order=1)

    @cards.register
    def nothing(viewer: object, today: date) -> Card | None:
        return None

    assert [card.title for card in cards.cards_for(Somebody(), TODAY)] == ["First", "Waiting", "Late"]


def test_rows_of_several_cards_are_merged_soonest_first() -> None:
    made = [
        Card(Place.WAITING, "a", (Row("no day", "#"), Row("Friday", "#", due=TODAY))),
        Card(Place.WAITING, "b", (Row("Monday", "#", due=date(2026, 11, 16)),)),
        Card(Place.LATE, "c", (Row("elsewhere", "#"),)),
    ]
    assert [row.title for row in cards.merged(made, Place.WAITING)] == ["Monday", "Friday", "no day"]
    assert len(cards.merged(made, Place.WAITING, at_most=2)) == 2

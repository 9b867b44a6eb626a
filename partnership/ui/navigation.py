"""The slim navigation: each app registers its own items, and each viewer sees those they may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.urls import reverse

from partnership.ui.viewers import ViewerLike

Counter = Callable[[ViewerLike], int]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A word in the navigation. `permissions`: any one suffices, none means every signed-in person.

    `under` names further paths whose pages belong to this item."""

    label: str
    url_name: str
    order: int
    permissions: tuple[str, ...] = ()
    under: tuple[str, ...] = ()

    def open_to(self, viewer: ViewerLike) -> bool:
        return viewer.signed_in and (not self.permissions or any(map(viewer.has, self.permissions)))


@dataclass(frozen=True, slots=True)
class NavLink:
    """An item as shown: `current` is 'page', 'true' (a page beneath it) or nothing."""

    label: str
    href: str
    current: str = ""


@dataclass(frozen=True, slots=True)
class InboxLink:
    """Where the inbox is and how much in it is unread."""

    href: str
    unread: int


_items: dict[str, NavItem] = {}
_footer: dict[str, NavItem] = {}
_inbox: list[tuple[str, Counter]] = []


def register(item: NavItem) -> None:
    """Add an item; registering the same address again replaces it, so autodiscovery may run twice."""
    _items[item.url_name] = item


def register_footer(item: NavItem) -> None:
    """Add a quiet link at the foot. Without permissions it is shown to everyone, signed in or not."""
    _footer[item.url_name] = item


def register_inbox(url_name: str, counter: Counter) -> None:
    """Say where the inbox is and how to count what is unread in it."""
    _inbox[:] = [(url_name, counter)]


def links_for(viewer: ViewerLike, path: str) -> list[NavLink]:
    """The links this viewer sees, the one they stand on or beneath marked."""
    shown = sorted((item for item in _items.values() if item.open_to(viewer)), key=lambda item: item.order)
    return [_link(item, path) for item in shown]


def footer_for(viewer: ViewerLike) -> list[NavLink]:
    """The quiet links at the foot."""
    shown = sorted(
        (item for item in _footer.values() if not item.permissions or item.open_to(viewer)),
        key=lambda item: item.order,
    )
    return [NavLink(item.label, _address(item.url_name)) for item in shown]


def inbox_for(viewer: ViewerLike) -> InboxLink | None:
    """The inbox of a signed-in viewer; nothing when no app has one."""
    if not (_inbox and viewer.signed_in):
        return None
    url_name, counter = _inbox[0]
    return InboxLink(_address(url_name), counter(viewer))


@cache
def _address(url_name: str) -> str:
    return reverse(url_name)


def _link(item: NavItem, path: str) -> NavLink:
    href = _address(item.url_name)
    beneath = any(path.startswith(prefix) for prefix in (href, *item.under) if prefix != "/")
    return NavLink(item.label, href, "page" if path == href else "true" if beneath else "")

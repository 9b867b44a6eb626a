"""What messages are about, as a person chooses among them: at once, once a week, or in the inbox alone."""

from __future__ import annotations

from dataclasses import dataclass

from partnership.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Topic:
    """One line of the page on mail. `firm` says why it cannot be chosen; `permissions`: for whom it is there at all, any
    of them; none means everybody. `usual`: how it comes by itself; empty where some of it cannot wait and the rest can."""

    code: str
    title: str
    order: int = 50
    firm: str = ""
    permissions: tuple[Permission, ...] = ()
    usual: str = ""


EVERYTHING_ELSE = Topic("else", "Everything else", order=90)

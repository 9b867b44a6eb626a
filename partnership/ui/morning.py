"""The coordinator's morning: what each app puts on the admin's first page, without that page knowing the app."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One matter; `kind` is a status kind, `href` leads to the rows."""

    text: str
    href: str = ""
    detail: str = ""
    status: str = ""
    status_text: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """A heading with its lines; `all_well` is said where there are none. `more` counts lines not shown."""

    title: str
    lines: Sequence[Line]
    all_well: str
    order: int
    href: str = ""
    more: int = 0


Maker = Callable[[Any, datetime], Matter]

AT_MOST = 12

_makers: dict[str, Maker] = {}


def register(maker: Maker) -> Maker:
    """Add a maker (usable as a decorator): `(viewer, now) -> Matter`."""
    _makers[f"{maker.__module__}.{getattr(maker, '__qualname__', maker)}"] = maker
    return maker


def matters_for(viewer: Any, now: datetime) -> list[Matter]:
    """Everything, what asks for an act before what is well."""
    made = [maker(viewer, now) for maker in _makers.values()]
    return sorted(made, key=lambda matter: (not matter.lines, matter.order))

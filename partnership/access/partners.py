"""Colleagues who share a child, asked by features that know nothing of children: people in, people out.

The feature that knows registers itself (its `hooks.py`, found at start); where none does, nobody shares anything."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Protocol


class Sharing(Protocol):
    """Who shares a child with whom, and what follows when two have talked. No child is named on the way."""

    def partners_of(self, user_id: uuid.UUID, people: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
        """Those among the people with whom this person shares a child."""
        ...

    def talked(self, talk_id: uuid.UUID, *, one: uuid.UUID, other: uuid.UUID, at: datetime) -> None:
        """The two have talked; told again with the same id it is the same talk."""
        ...


_registered: list[Sharing] = []


def register(sharing: Sharing) -> None:
    """The one feature that knows. Twice is a fault of the code."""
    if _registered:
        raise ValueError("Who shares a child is registered twice.")
    _registered.append(sharing)


def partners_of(user_id: uuid.UUID, people: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those among the people with whom this person shares a child; nobody where no feature knows."""
    return _registered[0].partners_of(user_id, people) if _registered and people else frozenset()


def talked(talk_id: uuid.UUID, *, one: uuid.UUID, other: uuid.UUID, at: datetime) -> None:
    """Say that the two have talked."""
    for sharing in _registered:
        sharing.talked(talk_id, one=one, other=other, at=at)

"""What other features may ask of moves: who shares a child. Found at start."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from partnership.access import partners
from transitions.actions.naming import record_talk
from transitions.queries.named import shared_among


class SharedChildren:
    """Colleagues who are named for one child, one at either school."""

    def partners_of(self, user_id: uuid.UUID, people: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
        pairs = {(each.present, each.coming) for each in shared_among({*people, user_id})}
        return frozenset(other for pair in pairs if user_id in pair for other in pair if other != user_id)

    def talked(self, talk_id: uuid.UUID, *, one: uuid.UUID, other: uuid.UUID, at: datetime) -> None:
        record_talk(talk_id, one=one, other=other, at=at)


partners.register(SharedChildren())

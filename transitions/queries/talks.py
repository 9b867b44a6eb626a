"""Planned conversations, by child."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from transitions.models import ConversationLine
from transitions.queries.next_moves import Side


def planned_days(transition_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, date]:
    """By move: the latest day a conversation about the child is planned for, unless held or cancelled.

    Ids and dates only come back; row-level policies keep out lines the asker may not know of."""
    return by_move(planned().filter(handover__transition__in=transition_ids))


def planned_days_at(school_ids: Collection[uuid.UUID], side: Side) -> dict[uuid.UUID, date]:
    """The same for all children on one side of these schools."""
    lines = planned()
    return by_move(
        lines.filter(school__in=school_ids) if side == Side.PRESENT else lines.filter(seen_by__in=school_ids)
    )


def planned() -> QuerySet[ConversationLine]:
    return ConversationLine.objects.filter(
        conversation__held_on__isnull=True,
        conversation__cancelled_at__isnull=True,
        conversation__planned_for__isnull=False,
    )


def by_move(lines: QuerySet[ConversationLine]) -> dict[uuid.UUID, date]:
    rows = lines.order_by("conversation__planned_for").values_list(
        "handover__transition_id", "conversation__planned_for"
    )
    return {transition_id: planned_for for transition_id, planned_for in rows if planned_for is not None}

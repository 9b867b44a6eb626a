"""Planned conversations, by child."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet

from transitions.models import ConversationLine


def planned_days(
    transition_ids: Collection[uuid.UUID] | QuerySet[Any, Any],
) -> dict[uuid.UUID, date]:
    """By move: the latest day a conversation about the child is planned for, unless held or cancelled.

    Ids, or a query for them. Ids and dates only come back; row-level policies keep out lines the asker may not know of."""
    lines = ConversationLine.objects.filter(
        handover__transition__in=transition_ids,
        conversation__held_on__isnull=True,
        conversation__cancelled_at__isnull=True,
        conversation__planned_for__isnull=False,
    )
    rows = lines.order_by("conversation__planned_for").values_list(
        "handover__transition_id", "conversation__planned_for"
    )
    return {transition_id: planned_for for transition_id, planned_for in rows if planned_for is not None}

"""What a person does with their inbox, and a coordinator with a parked mail."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from partnership.access.viewer import Viewer
from partnership.outbox.enums import OVER, DeliveryState
from partnership.outbox.models import Delivery, Message
from partnership.outbox.nudge import nudge_after_commit


def mark_read(message_id: uuid.UUID, *, by: Viewer, at: datetime) -> None:
    """Own messages only; reading twice keeps the first time."""
    Message.objects.visible_to(by).filter(pk=message_id).unread().update(read_at=at)


def mark_all_read(*, by: Viewer, at: datetime) -> int:
    """All that stand in the inbox now; what comes due later stays unread."""
    return Message.objects.visible_to(by).in_inbox(at=at).unread().update(read_at=at)


def drop(message_ids: Collection[uuid.UUID], *, by: Viewer) -> None:
    """Take own messages out of the inbox because their fact no longer holds."""
    Message.objects.visible_to(by).filter(pk__in=message_ids).update(dropped_reason=OVER, needs_mail=False)


def send_again(delivery_ids: Collection[uuid.UUID], *, at: datetime) -> int:
    """Give parked mails a fresh set of tries; the caller has checked who may, and records it."""
    again = Delivery.objects.filter(pk__in=delivery_ids, state=DeliveryState.PARKED).update(
        state=DeliveryState.WAITING, due_at=at, attempts=0, last_error=""
    )
    nudge_after_commit("deliver")
    return again

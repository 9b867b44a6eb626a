"""What a person does with their inbox, and a coordinator with a parked mail."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, time

from django.db import transaction

from partnership.access.guards import user_id_of
from partnership.access.viewer import Viewer
from partnership.outbox.enums import OVER, DeliveryState, Way
from partnership.outbox.models import Choice, Delivery, Message, Preference
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


@transaction.atomic
def set_preferences(
    *,
    by: Viewer,
    digest_day: int,
    digest_at: time,
    quiet_from: time | None,
    quiet_until: time | None,
    ways: Mapping[str, Way | None],
) -> None:
    """One's own wishes on mail. What waits to be mailed is planned anew; what was mailed stays."""
    person = user_id_of(by)
    Preference.objects.update_or_create(
        person_id=person,
        defaults={
            "digest_day": digest_day,
            "digest_at": digest_at,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
        },
    )
    Choice.objects.visible_to(by).filter(topic__in=ways).delete()
    Choice.objects.bulk_create(
        Choice(person_id=person, topic=topic, way=way) for topic, way in ways.items() if way is not None
    )
    Message.objects.visible_to(by).filter(needs_mail=True).update(mail_as="", mail_at=None)


def send_again(delivery_ids: Collection[uuid.UUID], *, at: datetime) -> int:
    """Give parked mails a fresh set of tries; the caller has checked who may, and records it."""
    again = Delivery.objects.filter(pk__in=delivery_ids, state=DeliveryState.PARKED).update(
        state=DeliveryState.WAITING, due_at=at, attempts=0, last_error=""
    )
    nudge_after_commit("deliver")
    return again

"""An account's own mail (an invitation, a new password): queued like any other, so that timing tells nothing."""

from __future__ import annotations

import uuid
from datetime import datetime

from partnership.outbox.models import Delivery
from partnership.outbox.nudge import nudge_after_commit


def post_letter(*, to: str, subject: str, text: str, html: str = "", at: datetime) -> uuid.UUID:
    """Queue one mail to one address in the caller's transaction. Its text is wiped as soon as it is sent."""
    letter = {"to": to, "subject": " ".join(subject.split()), "text": text, "html": html}
    delivery = Delivery(letter=letter, due_at=at, any_hour=True)
    Delivery.objects.bulk_create(
        [delivery], ignore_conflicts=True
    )  # without reading it back, which the app may not
    nudge_after_commit("deliver")
    return delivery.pk

"""An account's own mail (an invitation, a new password): queued like any other, so that timing tells nothing."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from partnership.outbox.models import Delivery
from partnership.outbox.nudge import nudge_after_commit


def post_letter(
    *, to: str, subject: str, text: str, html: str = "", at: datetime, keep: bool = True
) -> uuid.UUID:
    """Queue one mail to one address in the caller's transaction. Its text is wiped as soon as it is sent.

    One that is not kept is written, torn up and nudged all the same: the work tells nobody which it was."""
    letter = {"to": to, "subject": " ".join(subject.split()), "text": text, "html": html}
    with transaction.atomic():
        delivery = Delivery.objects.create(letter=letter, due_at=at, any_hour=True)
        transaction.set_rollback(not keep)
    nudge_after_commit("deliver")
    return delivery.pk

"""An account's own mail (an invitation, a new password): queued like any other, so that timing tells nothing."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from partnership.outbox.models import Delivery
from partnership.outbox.nudge import nudge_after_commit


def post_letter(
    *, to: str, subject: str, text: str, html: str = "", at: datetime, keep: bool = True, key: str = ""
) -> uuid.UUID:
    """Queue one mail to one address in the caller's transaction. Its text is wiped as soon as it is sent.

    With a key it states its fact once: a second letter with the same key is not written.
    One that is not kept is written, torn up and nudged all the same: the work tells nobody which it was."""
    letter = {"to": to, "subject": " ".join(subject.split()), "text": text, "html": html}
    pk = uuid.uuid5(uuid.NAMESPACE_URL, f"letter:{key}") if key else uuid.uuid4()
    delivery = Delivery(pk=pk, letter=letter, due_at=at, any_hour=True)
    with transaction.atomic():
        Delivery.objects.bulk_create([delivery], ignore_conflicts=True)  # the app may not read it back
        transaction.set_rollback(not keep)
    nudge_after_commit("deliver")
    return delivery.pk

"""One's own calendar address: made, renewed, revoked."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from cpd.models import Feed
from partnership.access import rls
from partnership.access.guards import user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record


@transaction.atomic
def make_feed(*, by: Viewer, at: datetime) -> str:
    """A new secret, known only now; the one before it stops working."""
    token = Feed.new_token()
    feed, _ = Feed.objects.update_or_create(
        person_id=user_id_of(by), defaults={"token_hash": Feed.hashed(token), "made_at": at}
    )
    record("calendar.made", by=by.user_id, subject=feed, at=at)
    return token


@transaction.atomic
def revoke_feed(*, by: Viewer, at: datetime) -> None:
    """It stops working at once; twice is once."""
    for feed in Feed.objects.visible_to(by):
        record("calendar.revoked", by=by.user_id, subject=feed, at=at)
        feed.delete()


def end_feed(user_id: uuid.UUID) -> None:
    """With a closed account its calendar's address ends too, whoever closed it."""
    with rls.widened(closing=str(user_id)):
        Feed.objects.filter(person=user_id).delete()

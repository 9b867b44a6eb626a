"""Sessions that have run out are deleted, in small helpings: the table is read at every request."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session

from partnership.access import rls

AT_ONCE = 500


def sweep_sessions(*, at: datetime) -> int:
    """Delete some of what has expired; the next minute brings the next helping."""
    with rls.as_worker():
        keys = Session.objects.filter(expire_date__lt=at).values_list("pk", flat=True)[:AT_ONCE]
        return Session.objects.filter(pk__in=list(keys)).delete()[0]

"""Sessions that have run out are deleted, with what was noted of them, in small helpings: they are read at every request."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from partnership.access import rls

AT_ONCE = 500


def sweep_sessions(*, at: datetime) -> int:
    """Delete some of what has expired; the next minute brings the next helping."""
    with rls.as_worker():
        keys = list(Session.objects.filter(expire_date__lt=at).values_list("pk", flat=True)[:AT_ONCE])
        UserSession.objects.filter(session_key__in=keys).delete()
        return Session.objects.filter(pk__in=keys).delete()[0]

"""The product served without the lock on a session's row: the control of the rush, which must oversell."""

from __future__ import annotations

import os
import uuid
from datetime import datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

from partnership.wsgi import application

__all__ = ["application"]


def without_lock(self: object, session_id: uuid.UUID, *, count: int, at: datetime) -> int:
    """What many booking systems do: read the last number, then write."""
    from cpd.models import Booking

    numbers = Booking.objects.filter(session=session_id).order_by("-number").values_list("number", flat=True)
    return int(numbers.first() or 0) + 1


def unlock() -> None:
    from cpd.models.sessions import SessionQuerySet

    SessionQuerySet.take_numbers = without_lock  # type: ignore[method-assign]


unlock()

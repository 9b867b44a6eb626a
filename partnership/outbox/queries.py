"""Reading the outbox: a person's own inbox and jobs, and the signs of its health."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from partnership.access.viewer import Viewer
from partnership.outbox.models import Job, JobQuerySet, Message, MessageQuerySet, Preference
from partnership.ui.viewers import ViewerLike


def inbox(viewer: Viewer, *, at: datetime) -> MessageQuerySet:
    """The viewer's own messages, unread first, newest first."""
    mine = Message.objects.visible_to(viewer).in_inbox(at=at)
    return mine.order_by(F("read_at").desc(nulls_first=True), "-due_at", "key")


def message(viewer: Viewer, message_id: uuid.UUID, *, at: datetime) -> Message | None:
    """One of the viewer's own messages, else None."""
    return Message.objects.visible_to(viewer).in_inbox(at=at).filter(pk=message_id).first()


def unread_now(viewer: ViewerLike) -> int:
    """For the navigation: one small indexed count."""
    if viewer.user_id is None:
        return 0
    return Message.objects.filter(recipient_id=viewer.user_id).in_inbox(at=timezone.now()).unread().count()


def own_preference(viewer: Viewer) -> Preference | None:
    """When the viewer's mail may come; None where they never said."""
    return Preference.objects.visible_to(viewer).first()


def jobs(viewer: Viewer) -> JobQuerySet:
    """Work the viewer began, newest first."""
    return Job.objects.visible_to(viewer).order_by("-created_at")


def job(viewer: Viewer, job_id: uuid.UUID) -> Job | None:
    """One job the viewer began, else None."""
    return Job.objects.visible_to(viewer).filter(pk=job_id).first()

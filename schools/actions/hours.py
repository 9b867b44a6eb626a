"""Saying when a post works."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from partnership.access.guards import ensure
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from schools.models import Post, WorkingHours
from schools.queries.hours import Week


@transaction.atomic
def say_hours(post: Post, *, week: Week, by: Viewer, at: datetime) -> None:
    """The whole week in place of what was said before; an empty one says: no fixed hours. One's own post, or that of
    somebody one books for. Raises PermissionDenied."""
    ensure(post.user_id == by.user_id or by.may(Permission.BOOK_STAFF, post.organisation_id))
    WorkingHours.objects.visible_to(by).filter(post=post).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(post=post, weekday=day, starts=starts, ends=ends) for day, (starts, ends) in week.items()
    )
    Post.objects.filter(pk=post.pk).update(hours_said_on=timezone.localdate(at))
    record("post.hours_said", by=by.user_id, subject=post, organisation=post.organisation_id, at=at)


@transaction.atomic
def name_line_manager(post: Post, *, manager_id: uuid.UUID | None, by: Viewer, at: datetime) -> None:
    """Who is asked when this person wants to go to a session; None for the head. Raises PermissionDenied."""
    ensure(by.may(Permission.RELEASE_STAFF, post.organisation_id) and manager_id != post.user_id)
    Post.objects.filter(pk=post.pk).update(line_manager=manager_id)
    record(
        "post.line_manager",
        by=by.user_id,
        subject=post,
        organisation=post.organisation_id,
        at=at,
        facts={"manager": str(manager_id or "")},
    )

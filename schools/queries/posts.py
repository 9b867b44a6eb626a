"""Who holds a post on a day: for telling people, and for knowing whether a school is on the platform at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from partnership.access.permissions import Permission
from schools.models import Post
from schools.rules import roles_with


def holders(organisation_id: uuid.UUID, roles: Iterable[str], *, on: date) -> list[uuid.UUID]:
    """The people who hold one of these roles there that day, covers among them, each once."""
    posts = Post.objects.current(on=on).filter(
        organisation=organisation_id, role__in=set(roles), user__is_active=True
    )
    return list(posts.order_by("user_id").values_list("user_id", flat=True).distinct())


def is_on_platform(organisation_id: uuid.UUID, *, on: date) -> bool:
    """Whether anybody there could receive a handover."""
    return bool(holders(organisation_id, roles_with(Permission.RECEIVE_HANDOVERS), on=on))

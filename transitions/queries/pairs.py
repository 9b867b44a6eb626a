"""What a conversation between two schools can be about, and who could take part in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.enums import Role
from schools.models import Organisation, Post
from transitions.enums import HandoverState
from transitions.models import Conversation, Handover

TALKED_OVER = (HandoverState.SHARED, HandoverState.MET, HandoverState.ACCEPTED)
TAKE_PART = (
    Role.SENCO,
    Role.TRANSITION_LEAD,
    Role.HEAD,
    Role.DEPUTY_HEAD,
    Role.CLASS_TEACHER,
    Role.SUPPORT_STAFF,
    Role.DSL,
    Role.DEPUTY_DSL,
)
"""Roles whose holders may be named as having met: those who know the child, and those who will."""


@dataclass(frozen=True, slots=True)
class Adult:
    """Somebody who takes part, and for which of the two schools."""

    user_id: uuid.UUID
    organisation_id: uuid.UUID


def handovers_between(viewer: Viewer, *, school_id: uuid.UUID, reader_id: uuid.UUID) -> list[Handover]:
    """The children whose handover is shared between these two schools, as far as the viewer leads it at one of them."""
    leads = Q(school__in=viewer.reach(Permission.SHARE_HANDOVERS)) | Q(
        seen_by__in=viewer.reach(Permission.RECEIVE_HANDOVERS)
    )
    rows = Handover.objects.visible_to(viewer).filter(
        leads, school=school_id, seen_by=reader_id, state__in=TALKED_OVER
    )
    return list(rows.select_related("pupil", "transition").order_by("pupil__name_key", "pk"))


def could_take_part(organisation_id: uuid.UUID, *, on: date) -> list[tuple[str, str]]:
    """(user id, "Name, role") of the adults of a school who could be named; each person once, leads first."""
    posts = (
        Post.objects.current(on=on)
        .filter(organisation=organisation_id, role__in=TAKE_PART)
        .select_related("user")
        .order_by("user__name_key", "pk")
    )
    rank = {role: place for place, role in enumerate(TAKE_PART)}
    people: dict[str, tuple[int, str]] = {}
    for post in sorted(posts, key=lambda post: rank[Role(post.role)]):
        people.setdefault(
            str(post.user_id), (rank[Role(post.role)], f"{post.user.name}, {post.get_role_display()}")
        )
    return [(user_id, words) for user_id, (_, words) in people.items()]


def find_conversation(viewer: Viewer, pk: uuid.UUID) -> Conversation | None:
    """A conversation between schools, one of which the viewer reads handovers at."""
    rows = (
        Conversation.objects.visible_to(viewer)
        .filter(pk=pk)
        .select_related("school", "reader", "recorded_by")
    )
    return rows.prefetch_related("adults__user", "adults__organisation").first()


def handovers_in(viewer: Viewer, conversation: Conversation) -> list[Handover]:
    """The children of a conversation whom the viewer still may see."""
    rows = Handover.objects.visible_to(viewer).filter(conversation_lines__conversation=conversation)
    return list(rows.select_related("pupil", "transition").order_by("pupil__name_key", "pk"))


def school_named(pk: uuid.UUID) -> str:
    """The name of an organisation: public."""
    return str(Organisation.objects.filter(pk=pk).values_list("name", flat=True).first() or "")

"""Whom a school may let in by a code, and why not the others."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date

from allauth.mfa.models import Authenticator
from django.db.models import Q

from partnership.accounts.models import User
from schools import rules
from schools.models import Post
from schools.rules import Standing


def reasons_against(users: Collection[User], organisation_id: uuid.UUID, *, on: date) -> dict[uuid.UUID, str]:
    """For each of these people why the organisation gives them no code, '' where it may; two queries however many."""
    ids = [user.pk for user in users]
    own_step = set(Authenticator.objects.filter(user__in=ids).values_list("user_id", flat=True))
    posts: defaultdict[uuid.UUID, list[tuple[str, uuid.UUID, bool]]] = defaultdict(list)
    lasting = Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), user__in=ids)
    for user_id, role, place, starts_on in lasting.values_list(
        "user_id", "role", "organisation_id", "starts_on"
    ):
        posts[user_id].append((role, place, starts_on <= on))
    return {
        user.pk: rules.why_no_code(
            Standing(
                active=user.is_active,
                keeps_installation=user.is_staff or user.is_superuser,
                own_step=user.pk in own_step,
                posts=tuple(posts[user.pk]),
            ),
            organisation_id=organisation_id,
        )
        for user in users
    }


def why_no_code(user: User, organisation_id: uuid.UUID, *, on: date) -> str:
    """The same of one person."""
    return reasons_against([user], organisation_id, on=on)[user.pk]

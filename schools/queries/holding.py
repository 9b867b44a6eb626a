"""Who answers for a role at a school today: the holders, those who cover for them, and the head where a post is empty."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from schools.enums import Role
from schools.models import Post

HEADS = (Role.HEAD, Role.DEPUTY_HEAD)


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in a post. Job-sharers are two; both are told, and one of them acts (practice P12)."""

    user_id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class PostBook:
    """The posts of several organisations on one day, read once. Asking it costs nothing."""

    held: Mapping[tuple[uuid.UUID, str], tuple[Holder, ...]]

    def holders(self, organisation_id: uuid.UUID | None, role: str) -> tuple[Holder, ...]:
        """Whoever holds the post, or covers for its holder; empty when it is empty."""
        return self.held.get((organisation_id, role), ()) if organisation_id else ()

    def heads(self, organisation_id: uuid.UUID | None) -> tuple[Holder, ...]:
        """The head; the deputies where there is no head."""
        return next((found for role in HEADS if (found := self.holders(organisation_id, role))), ())

    def answering(self, organisation_id: uuid.UUID | None, role: str) -> tuple[Holder, ...]:
        """The holders of the role; where the post is empty the head."""
        return self.holders(organisation_id, role) or self.heads(organisation_id)


def post_book(organisation_ids: Iterable[uuid.UUID], *, on: date) -> PostBook:
    """The posts of these organisations, in one query."""
    ids = set(organisation_ids)
    posts = Post.objects.current(on=on).filter(
        Q(organisation__in=ids) | Q(covers__organisation__in=ids), user__is_active=True
    )
    rows = list(posts.select_related("user", "covers").order_by("user__name_key", "pk"))
    covered = {post.covers_id for post in rows if post.covers_id}
    held: dict[tuple[uuid.UUID, str], dict[uuid.UUID, Holder]] = defaultdict(dict)
    for post in rows:
        holder = Holder(user_id=post.user_id, name=post.user.name)
        if post.covers is not None:
            held[post.covers.organisation_id, post.covers.role][post.user_id] = holder
        if post.pk not in covered:
            held[post.organisation_id, post.role][post.user_id] = holder
    return PostBook(held={key: tuple(people.values()) for key, people in held.items()})

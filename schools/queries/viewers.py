"""Who somebody is today: posts become one set of organisations per permission, in a handful of queries per request."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from partnership.access.permissions import Permission
from partnership.access.viewer import NOBODY, PostFact, Viewer
from partnership.accounts.models import User
from schools.enums import OrganisationKind, Role
from schools.models import Acceptance, ClassPlace, Organisation, Post
from schools.rules import UNTIL_ACCEPTED, WIDENED, permissions_of


def viewer_for(*, user_id: uuid.UUID, mfa: bool, user: User | None = None) -> Viewer:
    """The viewer as of today. A post that has ended gives nothing; an account that is off is nobody."""
    today = timezone.localdate()
    if user is None:
        user = User.objects.filter(pk=user_id).only("id", "name", "is_active", "is_superuser").first()
    if user is None or not user.is_active:
        return NOBODY
    posts = []
    reaches: dict[Permission, set[uuid.UUID]] = defaultdict(set)
    for *held, agreed in held_by(user_id, on=today):
        post = fact_of(*held)
        posts.append(post)
        for permission in permissions_of(post.role) - still_closed(post, agreed=agreed):
            reaches[permission].add(post.organisation_id)
    for permission in WIDENED & reaches.keys():
        reaches[permission] |= held_together(reaches[permission], on=today)
    taught = reaches.get(Permission.TEACH, set())
    teaching = [
        post.id
        for post in posts
        if Permission.TEACH in permissions_of(post.role) and post.organisation_id in taught
    ]
    return Viewer(
        user_id=user.pk,
        name=user.name,
        mfa=mfa,
        is_superuser=user.is_superuser,
        posts=tuple(posts),
        reaches={permission: frozenset(ids) for permission, ids in reaches.items()},
        class_places=places_in_classes_of(teaching) if teaching else {},
    )


def held_by(user_id: uuid.UUID, *, on: date) -> QuerySet[Post, tuple[Any, ...]]:
    """What `fact_of` takes, for each post of the day; last whether what it looks into was ever accepted."""
    return (
        Post.objects.current(on=on)
        .filter(user=user_id)
        .order_by("starts_on", "pk")
        .values_list(
            "pk",
            "role",
            "organisation_id",
            "organisation__name",
            "organisation__kind",
            Exists(ever_accepted()),
        )
    )


def ever_accepted() -> QuerySet[Acceptance]:
    """What the controller of a post's organisation, or of its trust, has accepted."""
    by = Q(organisation=OuterRef("organisation")) | Q(organisation=OuterRef("organisation__trust"))
    return Acceptance.objects.filter(by)


def still_closed(post: PostFact, *, agreed: bool) -> frozenset[Permission]:
    """A school whose controller has never accepted the sharing agreement sees no child, not even by name (practice P1)."""
    waits = post.organisation_kind == OrganisationKind.SCHOOL and not agreed
    return UNTIL_ACCEPTED if waits else frozenset()


def fact_of(pk: uuid.UUID, role: str, organisation_id: uuid.UUID, name: str, kind: str) -> PostFact:
    """What the rest of the request needs to know of a post."""
    return PostFact(
        id=pk,
        role=role,
        role_label=str(Role(role).label),
        organisation_id=organisation_id,
        organisation_name=name,
        organisation_kind=kind,
    )


def held_together(ids: set[uuid.UUID], *, on: date) -> set[uuid.UUID]:
    """The members of these partnerships and of the clusters inside them, the schools of these LAs and trusts."""
    members = Organisation.objects.members_of(ids, on=on).values_list("pk", flat=True)
    schools = Organisation.objects.filter(
        Q(local_authority__in=ids) | Q(trust__in=ids), kind=OrganisationKind.SCHOOL
    ).values_list("pk", flat=True)
    return set(members) | set(schools)


def places_in_classes_of(post_ids: list[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """By school, the pupils with a place, now or allotted, in the classes of these posts at the posts' own school."""
    places = ClassPlace.objects.filter(
        class_group__teachers__in=post_ids, class_group__teachers__organisation=F("class_group__school")
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for school_id, pupil_id in places.values_list("class_group__school_id", "pupil_id"):
        found[school_id].add(pupil_id)
    return {school_id: frozenset(pupils) for school_id, pupils in found.items()}

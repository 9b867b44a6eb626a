"""Which organisations let their people sign in with the organisation's own account. Asked by the door, signed out."""

from __future__ import annotations

import uuid

from django.utils import timezone

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.accounts.work_sign_in import WorkSignIn
from schools.models import Organisation, Post, SignInMethod
from schools.models.sign_in import name_of


def methods() -> list[WorkSignIn]:
    """All of them, by the organisation's name: which schools there are is public."""
    rows = SignInMethod.objects.select_related("organisation").order_by("organisation__name_key", "kind")
    return [
        WorkSignIn(
            id=row.name,
            kind=row.kind,
            tenant=row.tenant,
            client_id=row.client_id,
            secret=row.secret,
            organisation_name=row.organisation.name,
        )
        for row in rows
    ]


def works_only_there(user_id: uuid.UUID, method_id: str) -> bool:
    """Whether the person holds a post today, and each of them at the organisation of this method."""
    posts = Post.objects.current(on=timezone.localdate()).filter(user=user_id)
    places = list(posts.values_list("organisation_id", flat=True).distinct())
    kind = method_id.partition("-")[0]
    return len(places) == 1 and name_of(kind, places[0]) == method_id


def name_for(organisation: Organisation, kind: str) -> str:
    """How addresses name the method, before there is one."""
    return name_of(kind, organisation.pk)


def places_to_set(viewer: Viewer) -> list[Organisation]:
    """The organisations for which the viewer may say how people sign in."""
    return list(Organisation.objects.filter(pk__in=viewer.reach(Permission.SET_SIGN_IN)).by_name())


def method_of(viewer: Viewer, organisation: Organisation, kind: str) -> SignInMethod | None:
    if not viewer.may(Permission.SET_SIGN_IN, organisation.pk):
        return None
    return SignInMethod.objects.filter(organisation=organisation, kind=kind).first()

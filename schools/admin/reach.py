"""What a coordinator may see and choose, as querysets. A superuser keeps the records of all; never children's names."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from partnership.access.permissions import Permission
from partnership.ui.admin import AdminViewer
from schools.enums import OrganisationKind
from schools.models import Membership, Organisation

Row = TypeVar("Row", bound=Model)


def coordinated(viewer: AdminViewer) -> frozenset[uuid.UUID]:
    """The partnerships a viewer coordinates, and their members."""
    return viewer.reach(Permission.COORDINATE)


def within(rows: QuerySet[Row], viewer: AdminViewer, path: str = "organisation") -> QuerySet[Row]:
    """Rows whose organisation the viewer coordinates."""
    return rows if viewer.is_superuser else rows.filter(**{f"{path}__in": coordinated(viewer)})


def holds(viewer: AdminViewer, organisation_id: uuid.UUID | None) -> bool:
    """Whether rows of this organisation are the viewer's to change; those of no organisation are a superuser's."""
    return viewer.is_superuser or (organisation_id is not None and organisation_id in coordinated(viewer))


def organisations(viewer: AdminViewer) -> QuerySet[Organisation]:
    """One's own, with the authorities and trusts they belong to."""
    if viewer.is_superuser:
        return Organisation.objects.all()
    own = Q(pk__in=coordinated(viewer))
    around = Q(academies__in=coordinated(viewer)) | Q(schools_in_area__in=coordinated(viewer))
    return Organisation.objects.filter(pk__in=Organisation.objects.filter(own | around).values("pk"))


def with_terms(viewer: AdminViewer) -> QuerySet[Organisation]:
    """Whose half-terms and closures one keeps: one's own organisations and the local authorities around them."""
    rows = organisations(viewer)
    if viewer.is_superuser:
        return rows
    return rows.filter(Q(pk__in=coordinated(viewer)) | Q(kind=OrganisationKind.LOCAL_AUTHORITY))


def partnerships(viewer: AdminViewer) -> QuerySet[Organisation]:
    """The partnerships one coordinates."""
    return within(Organisation.objects.filter(kind=OrganisationKind.PARTNERSHIP), viewer, "pk")


def possible_members(viewer: AdminViewer, *, on: date) -> QuerySet[Organisation]:
    """Whom one may take into one's partnership: one's own organisations, and schools and partners that are in none. A
    member of another partnership joins through its county's coordinator or a superuser: sight of its staff comes with it."""
    if viewer.is_superuser:
        return Organisation.objects.all()
    taken = Membership.objects.current(on=on).values("organisation")
    joins_alone = (OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY)
    free = Organisation.objects.filter(kind__in=joins_alone).exclude(pk__in=taken)
    return Organisation.objects.filter(
        Q(pk__in=organisations(viewer).values("pk")) | Q(pk__in=free.values("pk"))
    )


def keeps_all(viewer: AdminViewer) -> bool:
    """Who may change what holds everywhere: bank holidays, school years, duties of no partnership."""
    if viewer.is_superuser:
        return True
    posts: Any = getattr(viewer, "posts", ())
    here = [post.organisation_id for post in posts if post.organisation_id in coordinated(viewer)]
    return Organisation.objects.filter(
        pk__in=here, kind=OrganisationKind.PARTNERSHIP, is_county=True
    ).exists()

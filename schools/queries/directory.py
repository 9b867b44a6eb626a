"""The directory: which schools there are is open to everyone with a post; who works in them is not."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.enums import OrganisationKind, Role
from schools.models import Membership, Organisation, Post, SchoolLink
from schools.models.organisations import OrganisationQuerySet

POSTCODE = re.compile(r"^[A-Za-z]{1,2}[0-9][0-9A-Za-z]?(\s*[0-9][A-Za-z]{0,2})?$")
DFE_NUMBER = re.compile(r"^(\d{3})/?(\d{4})$")
AT_MOST_WORDS = 6
CONTACT_ROLES = (Role.HEAD, Role.SENCO, Role.DSL, Role.TRANSITION_LEAD, Role.SCHOOL_OFFICE)
"""The roles another school asks for, in the order they are asked for."""


def directory(viewer: Viewer) -> OrganisationQuerySet:
    """Every school the viewer may look up, by name."""
    rows = Organisation.objects.visible_to(viewer).schools()
    return rows.select_related("trust", "local_authority").by_name()


def matching(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """By URN or DfE number, by postcode or its beginning, else every word in the name, or the town's beginning."""
    text = " ".join(text.split())
    if text.isdigit() and len(text) == 6:
        return rows.filter(urn=int(text))
    if found := DFE_NUMBER.match(text):
        return rows.filter(la_code=found[1], establishment_number=found[2])
    name = Q()
    for word in text.replace("’", "'").split()[:AT_MOST_WORDS]:
        name &= Q(name__icontains=word)
    if POSTCODE.match(text):
        name |= Q(postcode__istartswith=spaced(text))
    return rows.filter(name | Q(town__istartswith=text))


def spaced(postcode: str) -> str:
    """A whole postcode as it is stored, with its space before the last three; a part of one as it was typed."""
    bare = postcode.replace(" ", "")
    whole = re.match(r"^[A-Za-z]{1,2}[0-9][0-9A-Za-z]?[0-9][A-Za-z]{2}$", bare)
    return f"{bare[:-3]} {bare[-3:]}" if whole else postcode


def on_the_map(schools: OrganisationQuerySet) -> OrganisationQuerySet:
    """Those of them that have a place to be drawn at."""
    return schools.filter(latitude__isnull=False, longitude__isnull=False)


def school_page(viewer: Viewer, pk: uuid.UUID) -> Organisation | None:
    """One organisation of the directory; None where there is none to see."""
    rows = Organisation.objects.visible_to(viewer).select_related("trust", "local_authority")
    return rows.filter(pk=pk).first()


def partnerships(viewer: Viewer) -> QuerySet[Organisation]:
    """Partnerships and clusters, to narrow the directory by."""
    return Organisation.objects.visible_to(viewer).filter(kind=OrganisationKind.PARTNERSHIP).by_name()


def authorities(viewer: Viewer) -> QuerySet[Organisation]:
    """Local authorities that have a school here."""
    rows = Organisation.objects.visible_to(viewer).filter(kind=OrganisationKind.LOCAL_AUTHORITY)
    return rows.filter(schools_in_area__isnull=False).distinct().by_name()


def trusts(viewer: Viewer) -> QuerySet[Organisation]:
    """Trusts that have an academy here."""
    rows = Organisation.objects.visible_to(viewer).filter(kind=OrganisationKind.TRUST)
    return rows.filter(academies__isnull=False).distinct().by_name()


def members(rows: QuerySet[Organisation], partnership: Organisation, *, on: date) -> QuerySet[Organisation]:
    """Those that belong on a day to a partnership, or to a cluster inside it."""
    return rows.filter(pk__in=Organisation.objects.members_of([partnership.pk], on=on).values("pk"))


def own_partnership(viewer: Viewer, *, on: date) -> Organisation | None:
    """The partnership whose map the viewer sees first: the smallest one a post of theirs belongs to."""
    posts = [post.organisation_id for post in viewer.posts]
    current = Membership.objects.current(on=on).filter(organisation__in=posts)
    rows = Organisation.objects.visible_to(viewer).filter(kind=OrganisationKind.PARTNERSHIP)
    return (
        rows.filter(Q(pk__in=posts) | Q(pk__in=current.values("partnership")))
        .order_by("is_county", "name_key", "pk")
        .first()
    )


def memberships_of(viewer: Viewer, organisation: Organisation, *, on: date) -> QuerySet[Membership]:
    """The partnerships an organisation is in today."""
    rows = Membership.objects.current(on=on).filter(
        organisation=organisation, partnership__in=Organisation.objects.visible_to(viewer)
    )
    return rows.select_related("partnership").order_by("partnership__name_key", "pk")


def neighbours(
    viewer: Viewer, organisation: Organisation, *, on: date, at_most: int = 80
) -> list[Organisation]:
    """Open schools that share a partnership with this one, to draw it among."""
    shared = Membership.objects.current(on=on).filter(organisation=organisation).values("partnership")
    others = Membership.objects.current(on=on).filter(partnership__in=shared).values("organisation")
    rows = on_the_map(directory(viewer).open()).filter(pk__in=others).exclude(pk=organisation.pk)
    return list(rows[:at_most])


@dataclass(frozen=True, slots=True)
class Link:
    """A predecessor, successor or merger; `pk` only where that school is in the directory."""

    kind: str
    name: str
    urn: int
    on: date | None
    pk: uuid.UUID | None


def links_of(viewer: Viewer, organisation: Organisation) -> list[Link]:
    """GIAS's links of a school, newest first. The other school may not be known here."""
    order = F("established_on").desc(nulls_last=True)
    found = list(SchoolLink.objects.filter(organisation=organisation).order_by(order, "other_name", "pk"))
    known = dict(
        Organisation.objects.visible_to(viewer)
        .filter(urn__in=[link.other_urn for link in found])
        .values_list("urn", "pk")
    )
    return [
        Link(link.link_type, link.other_name, link.other_urn, link.established_on, known.get(link.other_urn))
        for link in found
    ]


@dataclass(frozen=True, slots=True)
class Contact:
    """A role and how to reach it. `names` are empty for those who may not know who works there."""

    role: str
    names: tuple[tuple[str, str], ...]
    empty: bool


def contacts_of(viewer: Viewer, organisation: Organisation, *, on: date) -> list[Contact]:
    """Whom to ask, by role: names where the viewer may see the staff, else the role alone, for the mailbox."""
    named = any(viewer.may(each, organisation.pk) for each in (Permission.SEE_STAFF, Permission.COORDINATE))
    if not named:
        return [Contact(role.label, (), False) for role in CONTACT_ROLES]
    posts = (
        Post.objects.visible_to(viewer)
        .current(on=on)
        .filter(organisation=organisation, role__in=CONTACT_ROLES)
    )
    people: dict[str, dict[str, tuple[str, str]]] = {}
    for post in posts.select_related("user").by_person():
        people.setdefault(post.role, {})[str(post.user_id)] = (post.user.name, post.user.email or "")
    return [
        Contact(role.label, tuple(people.get(role, {}).values()), role not in people)
        for role in CONTACT_ROLES
    ]


EXPORT_HEADER = (
    "URN", "DfE number", "Name", "Stage", "Phase in GIAS", "Lowest age", "Highest age", "Status", "Local authority",
    "Trust", "Street", "Locality", "Town", "Postcode", "Telephone", "Website", "Role mailbox",
)  # fmt: skip


def export_rows(schools: Iterable[Organisation]) -> Iterable[tuple[object, ...]]:
    """The directory as rows of a spreadsheet; safety against formulas is the writer's."""
    for each in schools:
        yield (
            each.urn, each.dfe_number, each.name, each.get_stage_display(), each.phase, each.low_age, each.high_age,
            each.get_status_display(), each.local_authority.name if each.local_authority else "",
            each.trust.name if each.trust else "", each.street, each.locality, each.town, each.postcode,
            each.telephone, each.website, each.mailbox,
        )  # fmt: skip

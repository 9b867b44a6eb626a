"""Role → permission, the one source of who may do what (issue of the road, table 'Who sees what'; practice P6, P13)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from partnership.access.permissions import PUPIL_DATA, Permission
from partnership.access.viewer import Viewer
from schools.enums import ImportKind, OrganisationKind, Role

P = Permission

EVERYONE = frozenset({P.SEE_DIRECTORY})

WORKS_HERE = EVERYONE | {P.BOOK_CPD}

READS_PUPILS = WORKS_HERE | {P.SEE_PUPILS, P.SEE_PROGRESS, P.SEE_STAFF}

LEADS_HANDOVERS = READS_PUPILS | {
    P.MANAGE_PUPILS,
    P.SET_DESTINATIONS,
    P.READ_HANDOVERS,
    P.WRITE_HANDOVERS,
    P.SHARE_HANDOVERS,
    P.WITHDRAW_HANDOVERS,
    P.RECEIVE_HANDOVERS,
    P.ALLOT_CLASSES,
    P.IMPORT_FILES,
}

STAFFS = frozenset({P.BOOK_STAFF, P.GIVE_CODES})
"""Whoever books colleagues also lets in those of them who have no way in of their own."""

SAFEGUARDS = READS_PUPILS | {P.READ_HANDOVERS, P.WITHDRAW_HANDOVERS}

ROLE_PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    Role.HEAD: LEADS_HANDOVERS
    | STAFFS
    | {P.APPOINT, P.SET_SIGN_IN, P.ACT_AS_CONTROLLER, P.NEW_IDENTITY, P.RELEASE_STAFF},
    Role.DEPUTY_HEAD: LEADS_HANDOVERS | STAFFS | {P.APPOINT, P.RELEASE_STAFF},
    Role.SENCO: LEADS_HANDOVERS | STAFFS,
    Role.TRANSITION_LEAD: LEADS_HANDOVERS,
    Role.DSL: SAFEGUARDS,
    Role.DEPUTY_DSL: SAFEGUARDS,
    Role.CLASS_TEACHER: WORKS_HERE | {P.TEACH},
    Role.SCHOOL_OFFICE: READS_PUPILS | STAFFS | {P.MANAGE_PUPILS, P.SET_DESTINATIONS, P.IMPORT_FILES},
    Role.SUPPORT_STAFF: WORKS_HERE,
    Role.COORDINATOR: WORKS_HERE | {P.COORDINATE},
    Role.LA_OFFICER: EVERYONE | {P.SEE_COUNTS},
    Role.TRUST_LEADER: EVERYONE | {P.SEE_COUNTS, P.ACT_AS_CONTROLLER},
    Role.GOVERNOR: WORKS_HERE | {P.ACT_AS_CONTROLLER},
    Role.DPO: EVERYONE | {P.SEE_SEALED},
    Role.COMMUNITY_PARTNER: EVERYONE,
    Role.OBSERVER: EVERYONE,
}
"""What each role may do at the organisation of its post. A coordinator's, LA officer's and trust leader's organisation
stands for those it holds together: `schools.queries.viewers` widens it to the members."""

WIDENED = frozenset({P.COORDINATE, P.SEE_COUNTS})
"""Permissions that reach from a partnership, an LA or a trust to its schools."""

KEY_ROLES = (Role.HEAD, Role.SENCO, Role.DSL)
"""Posts a school must not leave empty (practice P12): an empty one is shown to the head."""


def permissions_of(role: str) -> frozenset[Permission]:
    """What a role may do; an unknown code may do nothing."""
    return ROLE_PERMISSIONS.get(role, frozenset())


def roles_with(permission: Permission) -> frozenset[str]:
    """The roles that hold a permission."""
    return frozenset(role for role, granted in ROLE_PERMISSIONS.items() if permission in granted)


SCHOOL_ROLES = (
    Role.HEAD,
    Role.DEPUTY_HEAD,
    Role.SENCO,
    Role.DSL,
    Role.DEPUTY_DSL,
    Role.TRANSITION_LEAD,
    Role.CLASS_TEACHER,
    Role.SUPPORT_STAFF,
    Role.SCHOOL_OFFICE,
    Role.GOVERNOR,
    Role.DPO,
)

ROLES_AT: Mapping[str, tuple[Role, ...]] = {
    OrganisationKind.SCHOOL: SCHOOL_ROLES,
    OrganisationKind.TRUST: (Role.TRUST_LEADER, Role.GOVERNOR, Role.DPO),
    OrganisationKind.LOCAL_AUTHORITY: (Role.LA_OFFICER, Role.DPO),
    OrganisationKind.PARTNERSHIP: (Role.COORDINATOR, Role.COMMUNITY_PARTNER, Role.OBSERVER),
    OrganisationKind.COMMUNITY: (Role.COMMUNITY_PARTNER, Role.OBSERVER),
}
"""Which posts there are at an organisation of each kind."""

GRANTING = frozenset(
    role for role, granted in ROLE_PERMISSIONS.items() if granted & {P.APPOINT, P.COORDINATE}
)
"""Roles that may appoint: nobody ends their own such post, so that no school is left without by accident."""


def needs_second_factor(role: str) -> bool:
    """Whether a post of this role reaches pupil data, so that its holder signs in with a second step."""
    return bool(permissions_of(role) & PUPIL_DATA)


def may_appoint(viewer: Viewer, role: str, *, organisation_id: uuid.UUID, kind: str) -> bool:
    """Heads and deputies appoint at their own school, and only a head appoints a head; coordinators appoint at the
    organisations of their partnership. A role is given only where such posts exist."""
    if role not in ROLES_AT.get(kind, ()):
        return False
    if viewer.may(P.COORDINATE, organisation_id):
        return True
    if not viewer.may(P.APPOINT, organisation_id):
        return False
    return role != Role.HEAD or holds(viewer, Role.HEAD, organisation_id=organisation_id)


def may_appoint_oneself(viewer: Viewer, *, organisation_id: uuid.UUID) -> bool:
    """A head who is also SENCO gains nothing by it. A coordinator would gain sight of pupils: another must do it."""
    return viewer.may(P.APPOINT, organisation_id)


def may_end(viewer: Viewer, role: str, *, user_id: uuid.UUID, organisation_id: uuid.UUID, kind: str) -> bool:
    """Whoever may appoint may end, but not their own post that lets them appoint."""
    if user_id == viewer.user_id and role in GRANTING:
        return False
    return may_appoint(viewer, role, organisation_id=organisation_id, kind=kind)


def may_print_slip(viewer: Viewer, role: str, *, organisation_id: uuid.UUID) -> bool:
    """A slip is a way in for whoever holds it: for posts that reach pupils only the school itself prints one (P6)."""
    if not needs_second_factor(role) or role == Role.COORDINATOR:
        return viewer.may(P.APPOINT, organisation_id) or viewer.may(P.COORDINATE, organisation_id)
    return viewer.may(P.APPOINT, organisation_id)


def may_print_sheet(viewer: Viewer, *, organisation_id: uuid.UUID) -> bool:
    """A sheet is a second step for pages about children: the school itself makes one, never a coordinator (P6, P10)."""
    return viewer.may(P.APPOINT, organisation_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a school may let somebody in by a code: what they keep, and their posts of today and later."""

    active: bool
    keeps_installation: bool
    own_step: bool
    posts: tuple[tuple[str, uuid.UUID, bool], ...]
    """Role, organisation, and whether it has begun."""


def why_no_code(person: Standing, *, organisation_id: uuid.UUID) -> str:
    """Why this organisation gives the person no sign-in code, in a sentence to show; '' where it may.

    A code is one step in somebody else's hand: it opens nothing about a pupil, and nothing of another organisation."""
    here = [begun for _, place, begun in person.posts if place == organisation_id]
    if not person.active:
        return "Their account is closed."
    if not any(here):
        return "They hold no post here today."
    if person.keeps_installation or len(here) < len(person.posts):
        return "They work elsewhere too, so no one school signs them in."
    if any(needs_second_factor(role) for role, _, _ in person.posts):
        return "Their post reaches pages about children, so they sign in with a second step of their own."
    if person.own_step:
        return "They have a second step of their own, and sign in with it."
    return ""


def holds(viewer: Viewer, role: str, *, organisation_id: uuid.UUID) -> bool:
    """Whether the viewer has this very post there today."""
    return any(post.role == role and post.organisation_id == organisation_id for post in viewer.posts)


# Files ---------------------------------------------------------------------------------------------------------

IMPORTED_WITH: Mapping[str, tuple[Permission, ...]] = {
    ImportKind.GIAS: (P.COORDINATE,),
    ImportKind.GIAS_LINKS: (P.COORDINATE,),
    ImportKind.GROUP_LINKS: (P.COORDINATE,),
    ImportKind.STAFF: (P.APPOINT, P.COORDINATE),
    ImportKind.CTF: (P.IMPORT_FILES,),
    ImportKind.PUPILS: (P.IMPORT_FILES,),
    ImportKind.OFFERS: (P.IMPORT_FILES,),
}
"""What one must hold at an organisation to read a file of this kind for it; any one suffices."""


def may_import(viewer: Viewer, kind: str, organisation_id: uuid.UUID | None) -> bool:
    """Whether the viewer may upload, see, decide and apply a file of this kind for this organisation."""
    return any(viewer.may(permission, organisation_id) for permission in IMPORTED_WITH.get(kind, ()))


# The agreement -------------------------------------------------------------------------------------------------


def is_covered(*, accepted: int | None, binding: int | None) -> bool:
    """Whether a controller that accepted this version may bring pupils in and share: not before any version binds."""
    return accepted is not None and binding is not None and accepted >= binding


UNTIL_ACCEPTED = frozenset({P.SEE_PUPILS, P.SEE_PROGRESS, P.READ_HANDOVERS, P.TEACH})
"""What nobody has at a school whose controller has never accepted. The pages for bringing pupils in stay, and say why."""

ABOUT_PUPILS = frozenset({ImportKind.CTF, ImportKind.PUPILS, ImportKind.OFFERS})
"""Files that name children: read only for a school whose controller has accepted."""


def may_act_as_controller(viewer: Viewer, organisation_id: uuid.UUID) -> bool:
    """Head, governor or trustee, or trust leader, each at the organisation of their own post (docs/adr/0070)."""
    return viewer.may(P.ACT_AS_CONTROLLER, organisation_id)

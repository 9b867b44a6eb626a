"""Role → permission, the one source of who may do what (issue of the road, table 'Who sees what'; practice P6, P13)."""

from __future__ import annotations

from collections.abc import Mapping

from partnership.access.permissions import Permission
from schools.enums import Role

P = Permission

EVERYONE = frozenset({P.SEE_DIRECTORY})

READS_PUPILS = EVERYONE | {P.SEE_PUPILS, P.SEE_PROGRESS, P.SEE_STAFF}

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

SAFEGUARDS = READS_PUPILS | {P.READ_HANDOVERS, P.WITHDRAW_HANDOVERS}

ROLE_PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    Role.HEAD: LEADS_HANDOVERS | {P.APPOINT},
    Role.DEPUTY_HEAD: LEADS_HANDOVERS | {P.APPOINT},
    Role.SENCO: LEADS_HANDOVERS,
    Role.TRANSITION_LEAD: LEADS_HANDOVERS,
    Role.DSL: SAFEGUARDS,
    Role.DEPUTY_DSL: SAFEGUARDS,
    Role.CLASS_TEACHER: EVERYONE | {P.TEACH},
    Role.SCHOOL_OFFICE: READS_PUPILS | {P.MANAGE_PUPILS, P.SET_DESTINATIONS, P.IMPORT_FILES},
    Role.SUPPORT_STAFF: EVERYONE,
    Role.COORDINATOR: EVERYONE | {P.COORDINATE},
    Role.LA_OFFICER: EVERYONE | {P.SEE_COUNTS},
    Role.TRUST_LEADER: EVERYONE | {P.SEE_COUNTS},
    Role.GOVERNOR: EVERYONE,
    Role.DPO: EVERYONE,
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

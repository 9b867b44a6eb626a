"""Who may give which post, written by hand from the decision on appointing."""

from __future__ import annotations

import pytest

from partnership.access.viewer import Viewer, build_viewer
from schools import rules
from schools.enums import OrganisationKind, Role
from schools.models import Organisation
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def viewer(cast: Cast, name: str) -> Viewer:
    return build_viewer(user_id=cast.people[name].pk, mfa=True)


def given(who: Viewer, organisation: Organisation) -> set[str]:
    return {
        role.value
        for role in Role
        if rules.may_appoint(who, role, organisation_id=organisation.pk, kind=organisation.kind)
    }


SCHOOL = {
    "head", "deputy_head", "senco", "dsl", "deputy_dsl", "transition_lead", "class_teacher", "support_staff",
    "school_office", "governor", "dpo",
}  # fmt: skip


def test_a_head_gives_the_posts_of_their_school_alone(cast: Cast) -> None:
    head = viewer(cast, "head")
    assert given(head, cast.junior) == SCHOOL
    for elsewhere in (cast.secondary, cast.cluster, cast.la, cast.far_junior):
        assert given(head, elsewhere) == set()


def test_a_deputy_does_not_make_heads(cast: Cast) -> None:
    assert given(viewer(cast, "deputy_head"), cast.junior) == SCHOOL - {"head"}


@pytest.mark.parametrize(
    "name",
    ["senco", "dsl", "deputy_dsl", "transition_lead", "class_teacher", "support_staff", "school_office", "governor",
     "dpo", "la_officer", "trust_leader", "observer", "community_partner", "superuser", "nobody"],
)  # fmt: skip
def test_nobody_else_gives_posts(cast: Cast, name: str) -> None:
    who = viewer(cast, name)
    for organisation in (cast.junior, cast.cluster, cast.la, cast.trust):
        assert given(who, organisation) == set()


def test_a_coordinator_gives_posts_inside_the_partnership(cast: Cast) -> None:
    coordinator = viewer(cast, "coordinator")
    assert given(coordinator, cast.junior) == SCHOOL
    assert given(coordinator, cast.cluster) == {"coordinator", "community_partner", "observer"}
    assert given(coordinator, cast.county) == set()
    assert given(coordinator, cast.far_junior) == set()


def test_the_county_reaches_its_clusters_schools(cast: Cast) -> None:
    assert given(viewer(cast, "county_coordinator"), cast.junior) == SCHOOL


def test_only_a_school_prints_slips_for_posts_that_reach_pupils(cast: Cast) -> None:
    place = {"organisation_id": cast.junior.pk}
    assert rules.may_print_slip(viewer(cast, "head"), Role.SENCO, **place)
    assert not rules.may_print_slip(viewer(cast, "coordinator"), Role.SENCO, **place)
    assert rules.may_print_slip(viewer(cast, "coordinator"), Role.SUPPORT_STAFF, **place)


def test_nobody_ends_the_post_by_which_they_appoint(cast: Cast) -> None:
    head = viewer(cast, "head")

    def may_end(who: Viewer, role: Role) -> bool:
        return rules.may_end(
            who, role, user_id=cast.head.pk, organisation_id=cast.junior.pk, kind=OrganisationKind.SCHOOL
        )

    assert not may_end(head, Role.HEAD)
    assert may_end(head, Role.SENCO)
    assert may_end(viewer(cast, "coordinator"), Role.HEAD)

"""The staff list appoints and invites."""

from __future__ import annotations

import pytest

from partnership.accounts.models import User
from schools.enums import ImportKind, RowOutcome
from schools.models import Import, Invitation, Post
from tests.cast import Cast
from tests.factories.schools import PostFactory, UserFactory
from tests.schools.imports.helpers import put_in, read_in

pytestmark = pytest.mark.django_db

HEADER = "Name,E-mail,Role,School,From"


def staff(cast: Cast, *rows: str, put: bool = True, by: User | None = None) -> Import:
    act = put_in if put else read_in
    content = "\r\n".join([HEADER, *rows]).encode()
    return act(ImportKind.STAFF, content, organisation=cast.junior, by=by or cast.head)


def test_people_are_appointed_and_those_with_an_address_invited(cast: Cast) -> None:
    done = staff(
        cast,
        "Jo Hale,jo.hale@millbrook.example,SENCO,Millbrook Junior School,01/09/2026",
        "Ray Moss,,TA,,",
    )
    assert done.facts["done"] == {"appointed": 2, "invited": 1, "left_out": 0}
    assert Post.objects.filter(user__name="Jo Hale", role="senco", organisation=cast.junior).exists()
    ray = User.objects.get(name="Ray Moss")
    assert (ray.email, ray.posts.get().role) == (None, "support_staff")
    assert Invitation.objects.get().email == "jo.hale@millbrook.example"


def test_the_same_list_again_appoints_nobody(cast: Cast) -> None:
    staff(cast, "Jo Hale,jo.hale@millbrook.example,SENCO,,", "Ray Moss,,TA,,")
    again = staff(cast, "Jo Hale,jo.hale@millbrook.example,SENCO,,", "Ray Moss,,TA,,", put=False)
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 2)


def test_nobody_appoints_beyond_their_own_school(cast: Cast) -> None:
    importing = staff(
        cast,
        "Jo Hale,jo@millbrook.example,SENCO,Northfield School,",
        "Ann Bray,ann@millbrook.example,Coordinator,Northfield Cluster,",
        "Max Ford,max@millbrook.example,SENCO,Nowhere School,",
        put=False,
    )
    reasons = [row.problems[0]["reason"] for row in importing.rows.order_by("line")]
    assert "do not appoint" in reasons[0]
    assert "do not appoint" in reasons[1]
    assert "on the list" in reasons[2]


def test_a_name_longer_than_may_be_kept_is_refused_at_the_preview(cast: Cast) -> None:
    importing = staff(cast, f"{'Jo ' * 60},,TA,,", "Ray Moss,,TA,,", put=False)
    row = importing.rows.get(outcome=RowOutcome.REFUSED)
    assert (row.problems[0]["column"], row.problems[0]["reason"]) == (
        "Name",
        "This is longer than 150 letters",
    )
    assert importing.counts["new"] == 1


def test_a_deputy_appoints_no_head(cast: Cast) -> None:
    importing = staff(cast, "Jo Hale,jo@millbrook.example,Head,,", by=cast.deputy_head, put=False)
    assert importing.rows.get().outcome == RowOutcome.REFUSED


def test_an_address_of_somebody_else_is_refused(cast: Cast) -> None:
    UserFactory(name="Zoe Zzcanary", email="jo@millbrook.example")
    row = staff(cast, "Jo Hale,jo@millbrook.example,SENCO,,", put=False).rows.get()
    assert row.outcome == RowOutcome.REFUSED
    assert "Zzcanary" not in str(row.problems) + str(row.data)


def test_two_people_of_one_name_must_be_told_apart(cast: Cast) -> None:
    for _ in range(2):
        PostFactory(user=UserFactory(name="Ray Moss"), organisation=cast.junior, role="support_staff")
    assert staff(cast, "Ray Moss,,SENCO,,", put=False).rows.get().outcome == RowOutcome.UNDECIDED


def test_one_person_with_two_posts_is_one_person(cast: Cast) -> None:
    done = staff(cast, "Jo Hale,jo@millbrook.example,SENCO,,", "Jo Hale,jo@millbrook.example,DSL,,")
    assert done.facts["done"]["invited"] == 1
    assert User.objects.get(email="jo@millbrook.example").posts.count() == 2

"""A school's page: facts for everyone with a post, names of staff only for those who may see them."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from partnership.accounts.models import User
from schools.models import Organisation, SchoolLink
from tests.cast import Cast, SignIn
from tests.factories.schools import MembershipFactory, SchoolFactory


def page(client: Client, school: Organisation) -> str:
    response = client.get(f"/schools/{school.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_facts_trust_and_partnerships(cast: Cast, sign_in: SignIn) -> None:
    Organisation.objects.filter(pk=cast.secondary.pk).update(
        number_on_roll=1594, street="1 High Road", postcode="WB1 1AA", website="www.northfield.example"
    )
    body = page(sign_in(cast.observer), cast.secondary)
    for fact in ("11 to 16", "1594", "1 High Road", "WB1 1AA", "Orchard Trust", "Northfield Cluster"):
        assert fact in body
    assert 'href="https://www.northfield.example"' in body


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "not a site", "http://"])
def test_a_website_that_is_none_is_no_link(cast: Cast, sign_in: SignIn, address: str) -> None:
    Organisation.objects.filter(pk=cast.secondary.pk).update(website=address)
    assert f'href="{address}' not in page(sign_in(cast.observer), cast.secondary)


def test_names_are_for_those_who_may_see_the_staff_there(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(pk=cast.senco.pk).update(name="Marisol Quaye")
    Organisation.objects.filter(pk=cast.junior.pk).update(mailbox="office@millbrook.example")
    for who in (cast.head, cast.school_office, cast.coordinator, cast.county_coordinator):
        body = page(sign_in(who), cast.junior)
        assert "Marisol Quaye" in body
        assert "senco@millbrook.example" in body
    for who in (cast.next_senco, cast.stranger_head, cast.far_coordinator, cast.observer, cast.la_officer):
        body = page(sign_in(who), cast.junior)
        assert "Marisol Quaye" not in body
        assert "senco@millbrook.example" not in body
        assert "office@millbrook.example" in body


def test_an_empty_key_post_is_said(cast: Cast, sign_in: SignIn) -> None:
    cast.senco.posts.update(ends_on=date(2020, 9, 2))
    assert "nobody in this post" in page(sign_in(cast.head), cast.junior)


def test_former_and_later_schools_link_where_they_are_known(cast: Cast, sign_in: SignIn) -> None:
    old = SchoolFactory(name="Old Millbrook", status="closed", closed_on=date(2019, 8, 31))
    for urn, name in ((old.urn, "Old Millbrook"), (123456, "Unknown School")):
        SchoolLink.objects.create(
            organisation=cast.junior, other_urn=urn, other_name=name, link_type="Predecessor"
        )
    body = page(sign_in(cast.observer), cast.junior)
    assert f'href="/schools/{old.pk}/"' in body
    assert "Unknown School" in body
    assert "Closed since 31 August 2019" in page(sign_in(cast.observer), old)


def test_past_memberships_are_not_shown(cast: Cast, sign_in: SignIn) -> None:
    MembershipFactory(partnership=cast.far_cluster, organisation=cast.junior, ends_on=date(2021, 1, 1))
    assert "Farshire Cluster" not in page(sign_in(cast.observer), cast.junior)


def test_an_unknown_school_is_not_found(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.observer).get(f"/schools/{uuid4()}/").status_code == 404


def test_it_draws_the_school_among_those_of_its_partnerships(cast: Cast, sign_in: SignIn) -> None:
    Organisation.objects.filter(kind="school").update(latitude=52.1, longitude=0.5)
    body = page(sign_in(cast.observer), cast.junior)
    assert body.count("data-place") == 4
    assert body.count("data-here") == 1
    assert "Farlow" not in body

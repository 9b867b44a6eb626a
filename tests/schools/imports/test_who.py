"""Which role brings in which kind of file: written by hand, for every kind and every role."""

from __future__ import annotations

import pytest
from django.urls import reverse

from schools.enums import ImportKind
from tests.cast import Cast, SignIn

pytestmark = pytest.mark.django_db

OFFICES = {"head", "deputy_head", "senco", "transition_lead", "school_office"}
COORDINATORS = {"coordinator", "county_coordinator", "far_coordinator"}
WHO = {
    ImportKind.GIAS: COORDINATORS,
    ImportKind.GIAS_LINKS: COORDINATORS,
    ImportKind.GROUP_LINKS: COORDINATORS,
    ImportKind.STAFF: {"head", "deputy_head"} | COORDINATORS,
    ImportKind.CTF: OFFICES,
    ImportKind.PUPILS: OFFICES,
    ImportKind.OFFERS: OFFICES,
}
TEMPLATES = {ImportKind.STAFF, ImportKind.PUPILS, ImportKind.OFFERS}


def test_every_kind_for_every_role(cast: Cast, sign_in: SignIn) -> None:
    """Whoever brings in other kinds is told that this one does not exist, whoever brings in none that it is not for them."""
    faults = []
    anybody = set().union(*WHO.values())
    for name, user in cast.people.items():
        role = name.removeprefix("stranger_").removeprefix("next_").removeprefix("other_")
        client = sign_in(user)
        for kind, who in WHO.items():
            for page, exists in (("upload", True), ("template", kind in TEMPLATES)):
                got = client.get(reverse(f"imports:{page}", args=[kind])).status_code
                expected = (200 if exists else 404) if role in who else 404 if role in anybody else 403
                if got != expected:
                    faults.append(f"{page} {kind} by {name}: {got}, not {expected}")
    assert not faults

"""A stranger's id is refused in every field that points somewhere, and no autocomplete finds a stranger."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db import models
from django.test import Client, RequestFactory

from partnership.ui.admin import ViewerAdmin
from schools.enums import OrganisationKind, Role
from schools.models import Closure, Duty, HalfTerm, Membership, Organisation
from schools.queries.viewers import viewer_for
from tests.cast import Cast, SignIn
from tests.factories.schools import MembershipFactory, SchoolFactory


def rows_beneath(prefix: str, *, initial: int = 0, **rows: Any) -> dict[str, Any]:
    """The management form of an inline, and its rows."""
    counts = {"TOTAL": initial + bool(rows), "INITIAL": initial, "MIN_NUM": 0, "MAX_NUM": 1000}
    found: dict[str, Any] = {f"{prefix}-{name}_FORMS": value for name, value in counts.items()}
    return {**found, **{f"{prefix}-{initial}-{name}": value for name, value in rows.items()}}


PARTNERSHIP = {
    "kind": "partnership",
    "name": "Northfield Cluster",
    "mailbox": "",
    "telephone": "",
    "website": "",
}


@pytest.fixture
def client(cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.coordinator)


def test_no_field_of_any_form_offers_a_stranger(cast: Cast) -> None:
    """Every field that points somewhere, of every admin and inline, asked as a coordinator."""
    strangers: dict[type[models.Model], set[Any]] = {
        Organisation: {
            cast.far_junior.pk,
            cast.far_secondary.pk,
            cast.far_cluster.pk,
            cast.far_la.pk,
            cast.county.pk,
        }
    }
    viewer = viewer_for(user_id=cast.coordinator.pk, mfa=True)
    request: Any = RequestFactory().get("/admin/")
    request.viewer, request.user, request.resolver_match = viewer, cast.coordinator, None
    asked = 0
    for model, page in admin.site._registry.items():
        fields = [field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)]
        for inline in getattr(page, "inlines", ()) or page.get_inlines(request, None):
            fields += [
                field for field in inline.model._meta.get_fields() if isinstance(field, models.ForeignKey)
            ]
        for field in fields:
            assert isinstance(page, ViewerAdmin)
            offered = set(page.choices(request, field).values_list("pk", flat=True))
            assert not offered & strangers.get(field.remote_field.model, set()), (model, field.name)
            if field.remote_field.model._meta.label == "accounts.User":
                assert cast.stranger_senco.pk not in offered
            asked += 1
    assert asked > 15


@pytest.mark.parametrize("whose", ["far_junior", "far_la", "far_cluster", "other"])
def test_a_strangers_organisation_is_refused_in_terms_and_closures(
    cast: Cast, client: Client, whose: str
) -> None:
    far = cast.far_secondary if whose == "other" else getattr(cast, whose)
    data = {"organisation": far.pk, "on": "2027-01-04", "reason": "INSET day"}
    assert "Select a valid choice" in client.post("/admin/schools/closure/add/", data).content.decode()
    data = {
        "organisation": far.pk,
        "year": 2026,
        "number": 1,
        "starts_on": "2026-09-01",
        "ends_on": "2026-10-20",
        "source": "",
    }
    assert "Select a valid choice" in client.post("/admin/schools/halfterm/add/", data).content.decode()
    assert not Closure.objects.filter(organisation=far).exists()
    assert not HalfTerm.objects.filter(organisation=far, starts_on=date(2026, 9, 1)).exists()


def test_a_strangers_partnership_is_refused_in_a_duty_and_none_is_a_superusers(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    data = {
        "code": "handover_shared_by", "title": "Shared", "kind": "partnership", "unit": "school_days", "amount": 3,
        "month": "", "day": "", "owner_role": "senco", "source": "Us", "effective_from": "2026-09-01", "effective_to": "",
    }  # fmt: skip
    for partnership, said in (
        (cast.far_cluster.pk, "Select a valid choice"),
        (cast.county.pk, "Select a valid choice"),
        ("", "This field is required"),
    ):
        body = client.post("/admin/schools/duty/add/", {**data, "partnership": partnership}).content.decode()
        assert said in body
    assert (
        client.post("/admin/schools/duty/add/", {**data, "partnership": cast.cluster.pk}).status_code == 302
    )
    assert (
        sign_in(cast.superuser).post("/admin/schools/duty/add/", {**data, "partnership": ""}).status_code
        == 302
    )
    assert set(Duty.objects.filter(title="Shared").values_list("partnership", flat=True)) == {
        cast.cluster.pk,
        None,
    }


def test_a_duty_that_holds_everywhere_is_read_only_for_coordinators(cast: Cast, client: Client) -> None:
    everywhere = Duty.objects.filter(partnership=None).first()
    assert everywhere is not None
    url = f"/admin/schools/duty/{everywhere.pk}/"
    assert client.get(f"{url}change/").status_code == 200
    assert client.post(f"{url}change/", {"title": "Changed"}).status_code == 403
    assert client.post(f"{url}delete/", {"post": "yes"}).status_code == 403


def test_a_member_of_another_partnership_cannot_be_taken_in(cast: Cast, client: Client) -> None:
    url = f"/admin/schools/organisation/{cast.cluster.pk}/change/"
    here = Membership.objects.filter(partnership=cast.cluster).count()
    free = SchoolFactory(name="Free School")
    for organisation, added in ((cast.far_junior, 0), (cast.far_cluster, 0), (free, 1)):
        rows = list(Membership.objects.filter(partnership=cast.cluster).order_by("pk"))
        data = {**PARTNERSHIP, **rows_beneath("memberships", initial=0)}
        data |= rows_beneath(
            "memberships_here",
            initial=len(rows),
            organisation=organisation.pk,
            starts_on="2026-09-01",
            ends_on="",
        )
        for number, row in enumerate(rows):
            data |= {
                f"memberships_here-{number}-id": row.pk,
                f"memberships_here-{number}-organisation": row.organisation_id,
                f"memberships_here-{number}-starts_on": row.starts_on.isoformat(),
                f"memberships_here-{number}-ends_on": "",
                f"memberships_here-{number}-partnership": cast.cluster.pk,
            }
        response = client.post(url, data)
        assert response.status_code == (302 if added else 200), organisation
        assert Membership.objects.filter(partnership=cast.cluster, organisation=organisation).count() == added
    assert Membership.objects.filter(partnership=cast.cluster).count() == here + 1


def test_a_school_cannot_be_put_into_a_strangers_partnership(cast: Cast, client: Client) -> None:
    url = f"/admin/schools/organisation/{cast.junior.pk}/change/"
    data = {"mailbox": "", "telephone": "", "website": ""}
    for partnership in (cast.far_cluster, cast.county):
        rows = rows_beneath("memberships", partnership=partnership.pk, starts_on="2026-09-01", ends_on="")
        assert client.post(url, {**data, **rows}).status_code == 200
        assert not Membership.objects.filter(partnership=partnership, organisation=cast.junior).exists()


def test_a_shared_schools_membership_elsewhere_is_neither_shown_nor_changed(
    cast: Cast, client: Client
) -> None:
    other = MembershipFactory(partnership=cast.far_cluster, organisation=cast.junior)
    url = f"/admin/schools/organisation/{cast.junior.pk}/change/"
    assert "Farshire Cluster" not in client.get(url).content.decode()
    data = {"mailbox": "", "telephone": "", "website": "", **rows_beneath("memberships", initial=1)}
    data |= {
        "memberships-0-id": other.pk, "memberships-0-organisation": cast.junior.pk,
        "memberships-0-partnership": cast.cluster.pk, "memberships-0-starts_on": "2020-09-01",
        "memberships-0-ends_on": "2020-09-02",
    }  # fmt: skip
    client.post(url, data)
    other.refresh_from_db()
    assert other.partnership == cast.far_cluster
    assert other.ends_on is None


AUTOCOMPLETES = [
    ("schools", "membership", "organisation"),
    ("schools", "membership", "partnership"),
    ("schools", "closure", "organisation"),
    ("schools", "halfterm", "organisation"),
    ("schools", "duty", "partnership"),
    ("schools", "post", "organisation"),
    ("schools", "post", "user"),
    ("schools", "import", "organisation"),
    ("schools", "invitation", "post"),
    ("schools", "pupil", "school"),
    ("transitions", "transition", "school"),
    ("outbox", "message", "recipient"),
]


@pytest.mark.parametrize("term", ["Far", "Stranger", ""])
def test_no_autocomplete_finds_a_stranger(cast: Cast, client: Client, term: str) -> None:
    for app, model, field in AUTOCOMPLETES:
        asked = {"app_label": app, "model_name": model, "field_name": field, "term": term}
        response = client.get("/admin/autocomplete/", asked)
        assert response.status_code == 200, asked
        found = [each["text"] for each in response.json()["results"]]
        assert not [text for text in found if "Far" in text or "Stranger" in text], asked
    own = {"app_label": "schools", "model_name": "closure", "field_name": "organisation", "term": "Millbrook"}
    assert len(client.get("/admin/autocomplete/", own).json()["results"]) == 2


@pytest.mark.parametrize(
    "field",
    [
        ("schools", "classplace", "pupil"),
        ("transitions", "transition", "pupil"),
        ("transitions", "handover", "pupil"),
    ],
)
def test_no_autocomplete_leads_to_pupils(cast: Cast, sign_in: SignIn, field: tuple[str, str, str]) -> None:
    app, model, name = field
    asked = {"app_label": app, "model_name": model, "field_name": name, "term": ""}
    assert sign_in(cast.superuser).get("/admin/autocomplete/", asked).status_code == 403
    assert AutocompleteJsonView.paginate_by == 20


def test_a_coordinator_makes_neither_partnership_nor_trust(cast: Cast, client: Client) -> None:
    for kind in (OrganisationKind.PARTNERSHIP, OrganisationKind.TRUST, OrganisationKind.LOCAL_AUTHORITY):
        data = {**PARTNERSHIP, "kind": kind, "name": "New", **rows_beneath("memberships")}
        assert client.post("/admin/schools/organisation/add/", data).status_code == 200
    rows = rows_beneath("memberships", partnership=cast.cluster.pk, starts_on="2026-09-01", ends_on="")
    data = {**PARTNERSHIP, "kind": "community", "name": "Youth Club", **rows}
    assert client.post("/admin/schools/organisation/add/", data).status_code == 302
    assert Organisation.objects.filter(name="Youth Club", memberships__partnership=cast.cluster).exists()
    assert not Organisation.objects.filter(name="New").exists()


def test_bank_holidays_and_years_are_for_a_county_or_superuser(cast: Cast, sign_in: SignIn) -> None:
    data = {"on": "2029-01-01", "title": "New Year’s Day", "source": "gov.uk"}
    assert sign_in(cast.coordinator).post("/admin/schools/bankholiday/add/", data).status_code == 403
    assert sign_in(cast.county_coordinator).post("/admin/schools/bankholiday/add/", data).status_code == 302
    assert (
        sign_in(cast.superuser).post("/admin/schools/academicyear/add/", {"starts_in": 2091}).status_code
        == 302
    )


def test_a_role_is_never_given_here(cast: Cast, client: Client) -> None:
    post = cast.senco.posts.get()
    assert client.post(f"/admin/schools/post/{post.pk}/change/", {"role": Role.HEAD}).status_code == 403


@pytest.mark.parametrize("nonsense", ["", "a\x00b", "٣", "9223372036854775808"])
def test_what_cannot_be_an_id_is_a_bad_request(cast: Cast, client: Client, nonsense: str) -> None:
    """Django's admin asked the database column about it, and answered 500."""
    client.raise_request_exception = False
    ticked = {"action": "delete_selected", "_selected_action": nonsense, "index": "0"}
    assert client.post("/admin/schools/closure/", ticked).status_code in (200, 302, 400)
    chosen = {"organisation": nonsense, "on": "4 1 2027", "reason": "INSET day"}
    assert client.post("/admin/schools/closure/add/", chosen).status_code in (200, 400)
    assert not Closure.objects.exists()

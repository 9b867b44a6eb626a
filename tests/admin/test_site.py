"""What stands in the admin at all, and who comes in."""

from __future__ import annotations

import uuid

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from partnership.ui.admin import ViewerAdmin
from schools.models import Organisation
from tests.cast import Cast, SignIn

REGISTERED = {
    "accounts.User",
    "audit.Event",
    "cpd.Day",
    "cpd.Programme",
    "cpd.Session",
    "cpd.TrainingKind",
    "outbox.Delivery",
    "outbox.Job",
    "outbox.Message",
    "schools.AcademicYear",
    "schools.BankHoliday",
    "schools.Closure",
    "schools.Duty",
    "schools.HalfTerm",
    "schools.Import",
    "schools.Invitation",
    "schools.Acceptance",
    "schools.Agreement",
    "schools.Controller",
    "schools.Organisation",
    "schools.Post",
    "transitions.Transition",
}
"""By hand: pupils, places in classes, handovers and what they say are not among them, nor sessions or second factors."""


def test_only_these_are_registered_and_each_on_our_base() -> None:
    assert {model._meta.label for model in admin.site._registry} == REGISTERED
    assert all(isinstance(each, ViewerAdmin) for each in admin.site._registry.values())


def test_every_admin_answers_which_rows() -> None:
    assert all(type(each).rows_for is not ViewerAdmin.rows_for for each in admin.site._registry.values())  # type: ignore[attr-defined]


def lists() -> list[str]:
    return [f"/admin/{label.lower().replace('.', '/')}/" for label in sorted(REGISTERED)]


def test_coordinators_and_superusers_come_in_and_nobody_else(
    cast: Cast, sign_in: SignIn, client: Client
) -> None:
    outside = [sign_in(who) for who in (cast.head, cast.la_officer, cast.trust_leader, cast.nobody)]
    inside = [sign_in(who) for who in (cast.coordinator, cast.county_coordinator, cast.superuser)]
    half_inside = [sign_in(who, mfa=False) for who in (cast.coordinator, cast.superuser)]
    for url in ("/admin/", *lists()):
        assert client.get(url).status_code == 302
        assert [each.get(url).status_code for each in outside] == [403] * 4, url
        assert [each.get(url).status_code for each in inside] == [200] * 3, url
        assert [each.get(url).status_code for each in half_inside] == [302] * 2, url


def test_what_is_not_registered_is_not_found(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.superuser)
    for url in (
        "/admin/auth/group/",
        "/admin/mfa/authenticator/",
        "/admin/account/emailaddress/",
        "/admin/usersessions/usersession/",
        "/admin/schools/pupil/",
        "/admin/transitions/section/",
    ):
        assert client.get(url).status_code == 404, url


PLAIN = {
    "cpd.Day",
    "cpd.Programme",
    "cpd.Session",
    "cpd.TrainingKind",
    "schools.AcademicYear",
    "schools.Agreement",
    "schools.BankHoliday",
    "schools.Closure",
    "schools.Duty",
    "schools.HalfTerm",
    "schools.Organisation",
}


def test_people_and_what_has_a_workflow_are_never_added_changed_or_removed_here(
    cast: Cast, sign_in: SignIn
) -> None:
    for who in (cast.coordinator, cast.superuser):
        client = sign_in(who)
        for label in REGISTERED - PLAIN:
            base = f"/admin/{label.lower().replace('.', '/')}"
            assert client.get(f"{base}/add/").status_code == 403, label
            assert "delete_selected" not in client.get(f"{base}/").content.decode(), label
        for person in (cast.senco, cast.coordinator):
            row = f"/admin/accounts/user/{person.pk}"
            assert client.post(f"{row}/change/", {"name": "Renamed"}).status_code == 403
            assert client.post(f"{row}/delete/", {"post": "yes"}).status_code == 403
            post = f"/admin/schools/post/{person.posts.get().pk}"
            assert client.post(f"{post}/change/", {"role": "head"}).status_code == 403
            assert client.post(f"{post}/delete/", {"post": "yes"}).status_code == 403


def test_no_address_tells_of_any_row_whether_it_exists(cast: Cast, sign_in: SignIn) -> None:
    """Django's `r/<kind>/<id>/` answered differently for rows that are there, and broke on an id that is no uuid."""
    kind = ContentType.objects.get_for_model(Organisation)
    client = sign_in(cast.superuser)
    client.raise_request_exception = False
    for row in (cast.far_junior.pk, uuid.UUID(int=1), "nonsense"):
        assert client.get(f"/admin/r/{kind.pk}/{row}/").status_code == 404

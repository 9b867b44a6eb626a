"""Before exports and before posts change one shows again who one is; an unlocked screen is not enough."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.accounts.models import User
from schools.enums import ImportKind
from schools.models import Import
from tests.accounts.door import enrol, sign_in_with_password
from tests.cast import Cast, Road, SignIn
from tests.schools.imports.helpers import read_in

pytestmark = pytest.mark.django_db

LONG_AGO = 16 * 60


def staff_list(cast: Cast) -> Import:
    content = b"Name,E-mail,Role,School,From\r\nRay Moss,,TA,,\r\nAnn Bray,,Queen,,"
    return read_in(ImportKind.STAFF, content, organisation=cast.junior, by=cast.head, at=timezone.now())


def pages(cast: Cast) -> dict[str, str]:
    post, importing = cast.class_teacher.posts.get().pk, staff_list(cast).pk
    return {
        "an export": reverse("transitions:leaving_export"),
        "another export": reverse("transitions:joining_export"),
        "appointing": reverse("schools:appoint"),
        "ending a post": reverse("schools:end_post", args=[post]),
        "a cover": reverse("schools:cover_post", args=[post]),
        "an invitation": reverse("schools:invite", args=[post]),
        "starting afresh": reverse("schools:start_afresh", args=[post]),
        "a sheet of codes": reverse("schools:code_sheet", args=[post]),
        "a staff list": reverse("imports:apply", args=[importing]),
        "the rows of it that were refused": reverse("imports:refused", args=[importing]),
        "a school's own accounts": reverse("schools:sign_in_method", args=["microsoft"]),
    }


def test_each_of_them_asks_once_more(cast: Cast, road: Road, sign_in: SignIn) -> None:
    enrol(cast.head)
    lately, long_ago = sign_in(cast.head, ago=14 * 60), sign_in(cast.head, ago=LONG_AGO)
    for what, page in pages(cast).items():
        assert lately.get(page).status_code == 200, what
        for method in ("get", "post"):
            answer = getattr(long_ago, method)(page)
            assert answer.status_code == 302, what
            assert answer["Location"].startswith(reverse("mfa_reauthenticate")), what
    assert not User.objects.filter(name="Ray Moss").exists()


def test_nothing_is_done_by_the_request_that_is_asked_back(cast: Cast, sign_in: SignIn) -> None:
    app = enrol(cast.head)
    client = sign_in(cast.head, ago=LONG_AGO)
    post = cast.class_teacher.posts.get()
    page = reverse("schools:end_post", args=[post.pk])
    asked = client.post(page, {"when": "now"}, headers={"referer": f"http://testserver{page}?x=1"})
    assert client.post(asked["Location"], {"code": app.code()})["Location"] == f"{page}?x=1"
    post.refresh_from_db()
    assert post.ends_on is None, "the form is filled in again"
    client.post(page, {"when": "now"})
    post.refresh_from_db()
    assert post.ends_on


def test_it_leads_back_only_within_this_site(cast: Cast, sign_in: SignIn) -> None:
    enrol(cast.head)
    client = sign_in(cast.head, ago=LONG_AGO)
    page = reverse("schools:appoint")
    asked = client.post(page, {}, headers={"referer": "https://evil.example/staff/"})
    assert asked["Location"].endswith("?next=%2F")


def test_the_password_is_not_enough_where_there_is_a_second_step(cast: Cast, sign_in: SignIn) -> None:
    """A password shown a moment ago, and the second step long ago."""
    enrol(cast.head)
    client = sign_in(cast.head, ago=LONG_AGO)
    session = client.session
    session["account_authentication_methods"][0]["at"] = time.time()
    session.save()
    assert client.get(reverse("schools:appoint")).status_code == 302


def test_what_is_not_theirs_is_told_before_anything_is_asked(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.senco, ago=LONG_AGO).get(reverse("schools:appoint")).status_code == 403


def test_reading_asks_nothing(cast: Cast, road: Road, sign_in: SignIn) -> None:
    client = sign_in(cast.head, ago=LONG_AGO)
    for name in ("schools:staff", "transitions:leaving"):
        assert client.get(reverse(name)).status_code == 200


def test_the_door_still_asks_for_the_second_step_first(cast: Cast) -> None:
    client = Client()
    sign_in_with_password(client, cast.head)
    assert client.get(reverse("schools:appoint"))["Location"].startswith(reverse("mfa_activate_totp"))

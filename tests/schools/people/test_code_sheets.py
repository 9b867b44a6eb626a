"""The printed sheet: a second step for people without phones, made by those who appoint them."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from partnership.accounts.models import User
from partnership.audit.models import Event
from partnership.outbox.models import Delivery
from tests.accounts.door import enrol, sign_in_with_password
from tests.cast import Cast, Road, SignIn
from tests.factories.schools import PostFactory

pytestmark = pytest.mark.django_db

LEAVING = "/leaving/"


def sheet_for(client: Client, user: User, **where: Any) -> Any:
    return client.post(reverse("schools:code_sheet", args=[user.posts.get(**where).pk]))


def codes_on(page: Any) -> list[str]:
    assert page.status_code == 200, page
    codes: list[str] = page.context["codes"]
    return codes


def show(client: Client, code: str, wanted: str) -> Any:
    asked = client.get(wanted)
    assert asked["Location"].startswith(reverse("mfa_reauthenticate")), asked
    return client.post(asked["Location"], {"code": code})


@pytest.fixture
def leaving(road: Road) -> str:
    return reverse("transitions:leaving")


def test_a_teacher_reads_of_the_class_with_password_and_sheet(
    cast: Cast, sign_in: SignIn, leaving: str
) -> None:
    EmailAddress.objects.create(
        user=cast.class_teacher, email=cast.class_teacher.email, verified=True, primary=True
    )
    page = sheet_for(sign_in(cast.head), cast.class_teacher)
    codes = codes_on(page)
    assert len(codes) == 20
    assert all(code in page.content.decode() for code in codes)
    teacher = Client()
    sign_in_with_password(teacher, cast.class_teacher)
    assert teacher.get("/schools/").status_code == 200, "what reaches no child asks for no code"
    assert show(teacher, codes[0], leaving)["Location"] == leaving
    assert "Marsh" in teacher.get(leaving).content.decode()
    event = Event.objects.get(kind="account.codes_printed")
    assert (event.actor_id, event.subject_id) == (cast.head.pk, cast.class_teacher.pk)
    assert not any(code in str(event.facts) for code in codes)
    assert Delivery.objects.get().letter["to"] == cast.class_teacher.email, "its owner is told"


def test_a_code_works_once_and_never_instead_of_the_password(
    cast: Cast, sign_in: SignIn, leaving: str
) -> None:
    codes = codes_on(sheet_for(sign_in(cast.head), cast.class_teacher))
    first, second, without = Client(), Client(), Client()
    sign_in_with_password(first, cast.class_teacher)
    show(first, codes[0], leaving)
    sign_in_with_password(second, cast.class_teacher)
    assert "not right" in show(second, codes[0], leaving).content.decode()
    assert second.get(leaving).status_code == 302
    without.post(reverse("account_login"), {"login": cast.class_teacher.email, "password": codes[1]})
    without.post(reverse("mfa_authenticate"), {"code": codes[1]})
    assert "_auth_user_id" not in without.session


def test_a_new_sheet_ends_the_old_one_and_its_sessions(cast: Cast, sign_in: SignIn, leaving: str) -> None:
    head = sign_in(cast.head)
    old = codes_on(sheet_for(head, cast.class_teacher))
    open_session = Client()
    sign_in_with_password(open_session, cast.class_teacher)
    show(open_session, old[0], leaving)
    new = codes_on(sheet_for(head, cast.class_teacher))
    assert not set(old) & set(new)
    assert open_session.get("/schools/").status_code == 302
    again = Client()
    sign_in_with_password(again, cast.class_teacher)
    assert "not right" in show(again, old[1], leaving).content.decode()
    assert show(again, new[1], leaving)["Location"] == leaving


def test_a_password_alone_sets_up_no_app_beside_the_sheet(cast: Cast, sign_in: SignIn) -> None:
    sheet_for(sign_in(cast.head), cast.class_teacher)
    thief = Client()
    sign_in_with_password(thief, cast.class_teacher)
    for name in (
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
    ):
        response = thief.get(reverse(name))
        assert response.status_code == 302, name
        assert response["Location"].startswith(reverse("mfa_reauthenticate")), name


def test_whoever_has_an_app_keeps_their_codes_to_themselves(cast: Cast, sign_in: SignIn) -> None:
    before = enrol(cast.class_teacher).recovery_codes()
    response = sheet_for(sign_in(cast.head), cast.class_teacher)
    assert response.status_code == 302
    row = Authenticator.objects.get(user=cast.class_teacher, type="recovery_codes")
    assert row.wrap().get_unused_codes() == before


@pytest.mark.parametrize("who", ["deputy_head", "head"])
def test_those_who_appoint_print(cast: Cast, sign_in: SignIn, who: str) -> None:
    codes_on(sheet_for(sign_in(cast.people[who]), cast.class_teacher))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("senco", 403),
        ("school_office", 403),
        ("class_teacher", 403),
        ("coordinator", 403),
        ("stranger_head", 404),
    ],
)
def test_nobody_else_does(cast: Cast, sign_in: SignIn, who: str, status: int) -> None:
    assert sheet_for(sign_in(cast.people[who]), cast.class_teacher).status_code == status
    assert not Authenticator.objects.filter(user=cast.class_teacher).exists()


def test_a_coordinator_prints_none_even_for_support_staff(cast: Cast, sign_in: SignIn) -> None:
    assert sheet_for(sign_in(cast.coordinator), cast.support_staff).status_code == 403
    assert not Authenticator.objects.exists()


def test_nobody_prints_their_own(cast: Cast, sign_in: SignIn) -> None:
    assert sheet_for(sign_in(cast.head), cast.head).status_code == 403


def test_one_school_does_not_open_anothers_post(cast: Cast, sign_in: SignIn) -> None:
    PostFactory(user=cast.class_teacher, role="head", organisation=cast.other_junior)
    sheet_for(sign_in(cast.head), cast.class_teacher, organisation=cast.junior)
    assert not Authenticator.objects.filter(user=cast.class_teacher).exists()

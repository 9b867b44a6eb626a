"""Every route of walls §1 into the admin, walked through the real pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from partnership.accounts.models import User
from tests.accounts.door import PASSWORD, Totp, enrol, sign_in_with_password, with_code
from tests.cast import Cast

pytestmark = pytest.mark.django_db

ADMIN = "/admin/"
LOGIN = "/admin/login/"


@pytest.fixture
def staff(db: None) -> User:
    """A superuser who is staff: the widest right there is."""
    return User.objects.create_superuser(name="Sam Keeper", email="sam@wendlebury.example", password=PASSWORD)


def test_signed_out_get_goes_to_the_one_door(client: Client) -> None:
    response = client.get(LOGIN, {"next": "/admin/accounts/user/"})
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=%2Fadmin%2Faccounts%2Fuser%2F"


def test_anonymous_post_of_a_right_password_is_refused(client: Client, staff: User) -> None:
    response = client.post(LOGIN, {"username": staff.email, "password": PASSWORD, "next": ADMIN})
    assert response.status_code == 403
    assert "_auth_user_id" not in client.session
    assert client.get(ADMIN).status_code == 302


def test_staff_cannot_become_another_by_their_password(client: Client, staff: User) -> None:
    other = User.objects.create_superuser(
        name="Olive Other", email="olive@wendlebury.example", password=PASSWORD
    )
    sign_in_with_password(client, staff)
    assert client.post(LOGIN, {"username": other.email, "password": PASSWORD}).status_code == 403
    assert client.session["_auth_user_id"] == str(staff.pk)


def test_signed_in_get_of_the_login_page_is_refused(client: Client, staff: User) -> None:
    sign_in_with_password(client, staff)
    assert client.get(LOGIN).status_code == 403


def test_staff_without_a_second_factor_are_sent_to_set_one_up(client: Client, staff: User) -> None:
    sign_in_with_password(client, staff)
    response = client.get(ADMIN)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("mfa_activate_totp"))


def test_password_and_code_open_the_admin(client: Client, staff: User) -> None:
    app = enrol(staff)
    response = sign_in_with_password(client, staff)
    assert response["Location"] == reverse("mfa_authenticate")
    assert client.get(ADMIN).status_code == 302, "the password alone is half a sign-in"
    with_code(client, app.code())
    assert client.get(ADMIN).status_code == 200


def test_a_code_works_once(client: Client, staff: User) -> None:
    app = enrol(staff)
    code = app.code()
    sign_in_with_password(client, staff)
    with_code(client, code)
    assert client.get(ADMIN).status_code == 200
    second = Client()
    sign_in_with_password(second, staff)
    response = with_code(second, code)
    assert response.status_code == 200
    assert "That code is not right" in response.content.decode()
    assert second.get(ADMIN).status_code == 302
    assert "_auth_user_id" not in second.session


def test_the_code_that_set_up_the_app_cannot_be_used_again(client: Client, staff: User) -> None:
    sign_in_with_password(client, staff)
    app = Totp.shown_by(client)
    code = app.code()
    response = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(ADMIN).status_code == 200, "setting it up proves the code"
    second = Client()
    sign_in_with_password(second, staff)
    assert "That code is not right" in with_code(second, code).content.decode()


def test_a_coordinator_comes_in_by_their_post(client: Client, cast: Cast) -> None:
    coordinator = cast.coordinator
    app = enrol(coordinator)
    sign_in_with_password(client, coordinator)
    with_code(client, app.code())
    assert client.get(ADMIN).status_code == 200


def test_a_head_with_a_second_factor_is_told_no(client: Client, cast: Cast) -> None:
    app = enrol(cast.head)
    sign_in_with_password(client, cast.head)
    with_code(client, app.code())
    assert client.get(ADMIN).status_code == 403


@pytest.mark.parametrize("made", [{"is_staff": True}, {"is_superuser": True}])
def test_neither_staff_nor_superuser_alone_is_enough(client: Client, made: dict[str, bool]) -> None:
    user = User.objects.create_user(
        name="Half Way", email="half@wendlebury.example", password=PASSWORD, **made
    )
    app = enrol(user)
    sign_in_with_password(client, user)
    with_code(client, app.code())
    assert client.get(ADMIN).status_code == 403


def test_the_admins_own_password_page_leads_to_the_one_door(client: Client, staff: User) -> None:
    app = enrol(staff)
    sign_in_with_password(client, staff)
    with_code(client, app.code())
    assert client.get("/admin/password_change/")["Location"] == reverse("account_change_password")


def test_a_new_password_by_mail_brings_no_second_factor(client: Client, staff: User) -> None:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    enrol(staff)
    key = f"{user_pk_to_url_str(staff)}-{default_token_generator.make_token(staff)}"
    page = client.get(f"/accounts/password/reset/key/{key}/", follow=True)
    fresh = "harbour-lantern-52"
    client.post(page.redirect_chain[-1][0], {"password1": fresh, "password2": fresh})
    assert "_auth_user_id" not in client.session
    response = sign_in_with_password(client, staff, fresh)
    assert response["Location"] == reverse("mfa_authenticate")
    assert client.get(ADMIN).status_code == 302


def test_a_recovery_code_works_once(client: Client, staff: User) -> None:
    app = enrol(staff)
    recovery = app.recovery_codes()[0]
    sign_in_with_password(client, staff)
    with_code(client, recovery)
    assert client.get(ADMIN).status_code == 200
    second = Client()
    sign_in_with_password(second, staff)
    with_code(second, recovery)
    assert second.get(ADMIN).status_code == 302


def test_guessing_is_stopped(client: Client, staff: User) -> None:
    for _ in range(6):
        client.post(reverse("account_login"), {"login": staff.email, "password": "wrong-wrong-1"})
    response = client.post(reverse("account_login"), {"login": staff.email, "password": PASSWORD})
    assert "too many tries" in response.content.decode()
    assert "_auth_user_id" not in client.session

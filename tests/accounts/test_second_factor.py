"""The second step: who keeps it, how it moves to another phone, and what it opens."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from partnership.accounts.demo import sign_in_as
from partnership.accounts.models import User
from partnership.accounts.vault import vault
from tests.accounts.door import Totp, enrol, sign_in_with_password, with_code
from tests.cast import Cast

pytestmark = pytest.mark.django_db

STAFF = "/staff/"


def signed_in(client: Client, user: User) -> Totp:
    app = enrol(user)
    sign_in_with_password(client, user)
    with_code(client, app.code())
    return app


def test_pupil_pages_lead_to_set_up_and_back(client: Client, cast: Cast) -> None:
    sign_in_with_password(client, cast.head)
    response = client.get(STAFF)
    assert response["Location"] == "/accounts/2fa/totp/activate/?next=%2Fstaff%2F"
    client.get(response["Location"])
    app = Totp.shown_by(client)
    done = client.post(reverse("mfa_activate_totp"), {"code": app.code()})
    codes = client.get(done["Location"])
    assert codes.status_code == 200
    assert codes.context["continue_url"] == STAFF
    assert client.get(STAFF).status_code == 200


def test_nothing_is_asked_where_no_pupil_is_reached(client: Client, cast: Cast) -> None:
    sign_in_with_password(client, cast.support_staff)
    assert client.get("/schools/").status_code == 200


def test_a_wrong_code_sets_nothing_up(client: Client, cast: Cast) -> None:
    sign_in_with_password(client, cast.head)
    Totp.shown_by(client)
    page = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "That code is not right" in page.content.decode()
    assert not Authenticator.objects.exists()
    assert client.get(STAFF).status_code == 302


def test_a_head_cannot_do_without_and_is_told_why(client: Client, cast: Cast) -> None:
    signed_in(client, cast.head)
    page = client.get(reverse("mfa_deactivate_totp")).content.decode()
    assert "Your post reaches pages about children" in page
    assert reverse("mfa_replace_totp") in page
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=cast.head, type="totp").exists()


def test_support_staff_may_turn_it_off_and_the_session_forgets_it(client: Client, cast: Cast) -> None:
    signed_in(client, cast.support_staff)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=cast.support_staff).exists()
    methods = [each["method"] for each in client.session["account_authentication_methods"]]
    assert methods == ["password"]


def test_it_moves_to_another_phone(client: Client, cast: Cast) -> None:
    old = signed_in(client, cast.head)
    page = client.get(reverse("mfa_replace_totp"))
    new = Totp(page.context["form"].secret, cast.head)
    assert new.secret != old.secret
    client.post(reverse("mfa_replace_totp"), {"code": "000000"})
    assert stored_secret(cast) == old.secret
    client.post(reverse("mfa_replace_totp"), {"code": new.code()})
    assert stored_secret(cast) == new.secret
    assert client.get(STAFF).status_code == 200


def test_a_password_alone_does_not_open_the_recovery_codes(client: Client, cast: Cast) -> None:
    """A session begun before the second step was set up elsewhere."""
    sign_in_with_password(client, cast.head)
    enrol(cast.head)
    for name in (
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_replace_totp",
        "mfa_deactivate_totp",
    ):
        response = client.get(reverse(name))
        assert response.status_code == 302, name
        assert response["Location"].startswith(reverse("mfa_reauthenticate")), name
    by_password = client.get(reverse("account_reauthenticate"))
    assert by_password["Location"].startswith(reverse("mfa_reauthenticate"))


def test_codes_without_an_app_or_passkey_are_explained_in_our_words(client: Client, cast: Cast) -> None:
    sign_in_with_password(client, cast.head)
    page = reverse("mfa_generate_recovery_codes")
    for answer in (client.get(page, follow=True), client.post(page)):
        text = answer.content.decode()
        assert "Recovery codes come with an authenticator app or a passkey" in text
        assert "two-factor" not in text
    assert not Authenticator.objects.exists()


def test_an_enrolled_session_without_it_proves_it(client: Client, cast: Cast) -> None:
    sign_in_with_password(client, cast.head)
    app = enrol(cast.head)
    response = client.get(STAFF)
    assert response["Location"].startswith(reverse("mfa_reauthenticate"))
    assert client.post(response["Location"], {"code": app.code()})["Location"] == STAFF
    assert client.get(STAFF).status_code == 200


def test_a_second_factor_of_another_does_not_count(client: Client, cast: Cast) -> None:
    signed_in(client, cast.head)
    session = client.session
    session["account_authentication_methods_user"] = str(cast.senco.pk)
    session.save()
    assert client.get(STAFF).status_code == 302


class TestDemo:
    def request(self) -> object:
        from django.contrib.sessions.backends.db import SessionStore

        request = RequestFactory().post("/demo/")
        request.session, request.user = SessionStore(), AnonymousUser()
        return request

    def test_it_refuses_outside_the_demo(self, cast: Cast) -> None:
        with pytest.raises(PermissionDenied):
            sign_in_as(self.request(), cast.head)  # type: ignore[arg-type]

    def test_its_addresses_do_not_exist_outside_the_demo(self, client: Client, cast: Cast) -> None:
        assert client.get("/demo/").status_code == 404
        assert client.post(f"/demo/{cast.head.email}/").status_code == 404

    @override_settings(DEMO=True)
    def test_the_session_counts_as_verified(self, cast: Cast) -> None:
        from allauth.core import context

        from partnership.accounts.second_factor import session_has_second_factor

        request = self.request()
        with context.request_context(request):
            sign_in_as(request, cast.head)  # type: ignore[arg-type]
        assert session_has_second_factor(request)  # type: ignore[arg-type]
        assert not Authenticator.objects.exists(), "the second step itself is as it was"


def stored_secret(cast: Cast) -> str:
    """What the database holds for the head, opened; as it lies there it tells nothing."""
    lies_there = Authenticator.objects.get(user=cast.head, type="totp").data["secret"]
    opened: str = vault().decrypt(lies_there.encode()).decode()
    assert opened not in lies_there
    return opened

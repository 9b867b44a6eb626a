"""Every road to pages about children without a second step, tried (walls §1). Passkeys, mailed codes, sheets and a
school's own accounts have their own modules; the admin has `test_admin_door`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.internal.flows.trust import IssuedTrust, create_config_fingerprint, encode_trust_cookie
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.access.viewer import build_viewer
from partnership.accounts.models import User
from partnership.outbox.models import Delivery
from schools.actions import inviting
from tests.accounts.door import PASSWORD, Totp, enrol, sign_in_with_password, with_code
from tests.accounts.passkey import Passkey
from tests.cast import Cast, Road
from tests.factories.schools import PostFactory

pytestmark = pytest.mark.django_db

FRESH = "harbour-lantern-52"


@pytest.fixture
def leaving(road: Road) -> str:
    return reverse("transitions:leaving")


def reaches(client: Client, page: str) -> bool:
    """Whether a page about children opens, and the child is on it."""
    answer: Any = client.get(page)
    return answer.status_code == 200 and "Marsh" in answer.content.decode()


def test_the_control_password_and_code_do(cast: Cast, leaving: str) -> None:
    client, app = Client(), enrol(cast.senco)
    sign_in_with_password(client, cast.senco)
    assert not reaches(client, leaving)
    with_code(client, app.code())
    assert reaches(client, leaving)


def test_a_password_alone_does_not_enrolled_or_not(cast: Cast, leaving: str) -> None:
    for user in (cast.senco, cast.head):
        client = Client()
        sign_in_with_password(client, user)
        assert not reaches(client, leaving)
        enrol(user)


def test_a_reset_and_then_the_new_password_do_not(cast: Cast, leaving: str) -> None:
    enrol(cast.senco)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": cast.senco.email})
    link = re.search(r"/accounts/password/reset/key/\S+/", Delivery.objects.get().letter["text"])
    assert link
    page = client.get(link[0], follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": FRESH, "password2": FRESH})
    assert not reaches(client, leaving)
    assert sign_in_with_password(client, cast.senco, FRESH)["Location"] == reverse("mfa_authenticate")
    assert not reaches(client, leaving)
    assert client.get(reverse("mfa_activate_totp")).status_code == 302, "nor is a second app set up from here"


def test_an_invitation_does_not(cast: Cast, leaving: str) -> None:
    user = User.objects.create_user(name="Wren Abbott", email="wren@millbrook.example")
    post = PostFactory(user=user, role="senco", organisation=cast.junior)
    inviting.invite(
        post=post, email=user.email or "", by=build_viewer(user_id=cast.head.pk, mfa=True), at=timezone.now()
    )
    link = re.search(r"/invitation/[^/\s]+/", Delivery.objects.get().letter["text"])
    assert link
    client = Client()
    client.post(link[0])
    done = client.post("/invitation/accept/", {"password1": FRESH, "password2": FRESH})
    assert done["Location"].startswith(reverse("mfa_activate_totp"))
    assert not reaches(client, leaving)
    app = Totp.shown_by(client)
    client.post(reverse("mfa_activate_totp"), {"code": app.code()})
    assert reaches(client, leaving), "the control: with the second step it does"


def test_an_invitation_to_another_post_does_not(cast: Cast, leaving: str) -> None:
    """Somebody who has an account signs in first, with both steps where they have two."""
    enrol(cast.support_staff)
    post = PostFactory(user=cast.support_staff, role="senco", organisation=cast.junior)
    by = build_viewer(user_id=cast.head.pk, mfa=True)
    with pytest.raises(inviting.NotPossible):
        inviting.invite(post=post, email=cast.support_staff.email or "", by=by, at=timezone.now())
    client = Client()
    sign_in_with_password(client, cast.support_staff)
    assert not reaches(client, leaving)


def test_a_remembered_device_does_not(cast: Cast, leaving: str) -> None:
    """The library can skip the second step on a device it knows. Even a cookie rightly signed is not looked at."""
    from time import time

    enrol(cast.senco)
    client = Client()
    trust = IssuedTrust(
        fingerprint=create_config_fingerprint(User.objects.get(pk=cast.senco.pk)), at=int(time())
    )
    client.cookies["mfa_trusted"] = encode_trust_cookie([trust])
    assert sign_in_with_password(client, cast.senco)["Location"] == reverse("mfa_authenticate")
    assert not reaches(client, leaving)


def test_the_second_step_of_somebody_else_does_not(cast: Cast, leaving: str) -> None:
    """Signing in over a session in which another person stands."""
    app = enrol(cast.head)
    client = Client()
    sign_in_with_password(client, cast.head)
    with_code(client, app.code())
    assert reaches(client, leaving), "the control"
    client.post(reverse("account_logout"))
    sign_in_with_password(client, cast.senco)
    assert not reaches(client, leaving)


def test_a_code_of_another_persons_app_or_sheet_does_not(cast: Cast, leaving: str) -> None:
    own, others = enrol(cast.senco), enrol(cast.head)
    assert own.secret != others.secret
    client = Client()
    for code in (others.code(), others.recovery_codes()[0]):
        sign_in_with_password(client, cast.senco)
        with_code(client, code)
        assert not reaches(client, leaving)


def test_a_half_finished_sign_in_does_not(cast: Cast, leaving: str) -> None:
    """Between the two steps nobody is signed in: not for pages, not for adding a passkey or seeing codes."""
    enrol(cast.senco)
    client = Client()
    sign_in_with_password(client, cast.senco)
    for page in (
        leaving,
        reverse("mfa_add_webauthn"),
        reverse("mfa_view_recovery_codes"),
        reverse("schools:my_account"),
    ):
        assert client.get(page).status_code == 302


def test_taking_off_the_last_step_and_signing_in_again_does_not(cast: Cast, leaving: str) -> None:
    passkey, client = Passkey(), Client()
    sign_in_with_password(client, cast.support_staff)
    passkey.add_to(client)
    row = Authenticator.objects.get(user=cast.support_staff, type="webauthn")
    client.post(reverse("mfa_remove_webauthn", args=[row.pk]))
    PostFactory(user=cast.support_staff, role="senco", organisation=cast.junior)
    assert not reaches(client, leaving)
    again = Client()
    passkey.sign_in(again)
    assert not reaches(again, leaving)


def test_trying_codes_is_stopped(cast: Cast, leaving: str) -> None:
    app = enrol(cast.senco)
    client = Client()
    client.post(reverse("account_login"), {"login": cast.senco.email, "password": PASSWORD})
    for _ in range(6):
        with_code(client, "000000")
    with_code(client, app.code())
    assert not reaches(client, leaving)

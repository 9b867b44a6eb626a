"""An address that several people read is nobody's sign-in (practice P11), by whatever road."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.access.viewer import build_viewer
from partnership.accounts.models import User
from partnership.outbox.models import Delivery
from schools.actions import inviting
from schools.models import Post
from tests.accounts.door import enrol, sign_in_with_password, with_code
from tests.accounts.passkey import Passkey
from tests.cast import Cast, SignIn
from tests.factories.schools import PostFactory

pytestmark = pytest.mark.django_db

OFFICE = "office@millbrook.example"


def becomes_a_mailbox(cast: Cast, address: str | None) -> None:
    """Past the check that would refuse it, as a file or another server might."""
    type(cast.junior).objects.filter(pk=cast.junior.pk).update(mailbox=(address or "").upper())


def inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_it_opens_neither_by_password_nor_second_step(client: Client, cast: Cast) -> None:
    app = enrol(cast.head)
    becomes_a_mailbox(cast, cast.head.email)
    response = sign_in_with_password(client, cast.head)
    assert "shared mailbox" in client.get(response["Location"]).content.decode()
    with_code(client, app.code())
    assert not inside(client)
    assert sign_in_with_password(Client(), cast.senco)["Location"] == "/", "the control"


def test_nor_by_a_mailed_code(client: Client, cast: Cast) -> None:
    becomes_a_mailbox(cast, cast.support_staff.email)
    client.post(reverse("account_request_login_code"), {"email": cast.support_staff.email})
    found = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", Delivery.objects.get().letter["text"])
    assert found
    client.post(reverse("account_confirm_login_code"), {"code": found[0]})
    assert not inside(client)


def test_nor_by_a_passkey(client: Client, cast: Cast) -> None:
    passkey, owner = Passkey(), Client()
    sign_in_with_password(owner, cast.head)
    passkey.add_to(owner)
    becomes_a_mailbox(cast, cast.head.email)
    passkey.sign_in(client)
    assert not inside(client)


@pytest.fixture
def post(cast: Cast) -> Post:
    return PostFactory(
        user=User.objects.create_user(name="Wren Abbott", email=OFFICE),
        role="senco",
        organisation=cast.junior,
    )


def test_it_is_not_invited(cast: Cast, post: Post, sign_in: SignIn) -> None:
    becomes_a_mailbox(cast, OFFICE)
    page = sign_in(cast.head).post(reverse("schools:invite", args=[post.pk]), {"email": OFFICE})
    assert "shared mailbox" in page.content.decode()
    assert not Delivery.objects.exists()


def test_an_invitation_sent_before_opens_nothing(client: Client, cast: Cast, post: Post) -> None:
    inviting.invite(
        post=post, email=OFFICE, by=build_viewer(user_id=cast.head.pk, mfa=True), at=timezone.now()
    )
    found = re.search(r"/invitation/[^/\s]+/", Delivery.objects.get().letter["text"])
    assert found
    becomes_a_mailbox(cast, OFFICE)
    client.post(found[0])
    page = client.post(
        "/invitation/accept/", {"password1": "harbour-lantern-52", "password2": "harbour-lantern-52"}
    )
    assert page.status_code == 410
    post.user.refresh_from_db()
    assert not post.user.has_usable_password()


def test_somebodys_sign_in_does_not_become_a_mailbox(cast: Cast) -> None:
    cast.junior.mailbox = (cast.head.email or "").upper()
    with pytest.raises(ValidationError, match="Somebody signs in"):
        cast.junior.full_clean()
    cast.junior.mailbox = OFFICE
    cast.junior.full_clean()

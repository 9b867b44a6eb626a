"""Passkeys: two factors in one, and the owner's own way in whatever others do at the door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256, ES256K, ES384, ES512, PS256, RS1, RS256, EdDSA
from fido2.utils import websafe_encode

from partnership.accounts.models import User
from tests.accounts.door import PASSWORD, enrol, sign_in_with_password, with_code
from tests.accounts.passkey import Passkey
from tests.cast import Cast, SignIn

pytestmark = pytest.mark.django_db

STAFF = "/staff/"


def owner_of(passkey: Passkey, user: User) -> Client:
    """A browser in which this person has just made the passkey, on the strength of a password."""
    client = Client()
    sign_in_with_password(client, user)
    passkey.add_to(client)
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1
    return client


def test_making_one_leads_back_and_counts(cast: Cast) -> None:
    client = Client()
    sign_in_with_password(client, cast.head)
    assert client.get(STAFF).status_code == 302
    client.get(f"{reverse('mfa_add_webauthn')}?next={STAFF}")
    made = Passkey().add_to(client)
    assert client.get(made["Location"]).context["continue_url"] == STAFF, (
        "a sheet of codes comes with the first"
    )
    assert client.get(STAFF).status_code == 200


def test_it_signs_in_alone_and_counts_as_both_steps(client: Client, cast: Cast) -> None:
    passkey = Passkey()
    owner_of(passkey, cast.head)
    assert passkey.sign_in(client, next=STAFF)["Location"] == STAFF
    assert client.get(STAFF).status_code == 200
    record = client.session["account_authentication_methods"][-1]
    assert (record["method"], record["type"], record["passwordless"]) == ("mfa", "webauthn", True)


def test_it_opens_the_admin(client: Client, cast: Cast) -> None:
    passkey = Passkey()
    owner_of(passkey, cast.coordinator)
    passkey.sign_in(client)
    assert client.get("/admin/").status_code == 200


def test_a_locked_out_owner_gets_in_by_it(client: Client, cast: Cast) -> None:
    passkey = Passkey()
    owner_of(passkey, cast.head)
    other = Client()
    for _ in range(6):
        other.post(reverse("account_login"), {"login": cast.head.email, "password": "wrong-wrong-1"})
    locked = client.post(reverse("account_login"), {"login": cast.head.email, "password": PASSWORD})
    assert "too many tries" in locked.content.decode(), "the control: the password is refused now"
    passkey.sign_in(client)
    assert client.get(STAFF).status_code == 200


def test_a_device_that_did_not_ask_who_it_is_is_refused(client: Client, cast: Cast) -> None:
    passkey = Passkey()
    owner_of(passkey, cast.head)
    passkey.verifies = False
    passkey.sign_in(client)
    assert "_auth_user_id" not in client.session
    stolen = Passkey(verifies=False)
    maker = Client()
    sign_in_with_password(maker, cast.senco)
    page = stolen.add_to(maker)
    assert page.status_code == 200
    assert not Authenticator.objects.filter(user=cast.senco).exists()


def test_an_answer_works_once(client: Client, cast: Cast) -> None:
    passkey = Passkey()
    owner_of(passkey, cast.head)
    answer = passkey.asked_by(client)
    client.post(reverse("mfa_login_webauthn"), {"credential": answer})
    assert client.get(STAFF).status_code == 200
    second = Client()
    second.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    second.post(reverse("mfa_login_webauthn"), {"credential": answer})
    assert "_auth_user_id" not in second.session


@pytest.mark.parametrize("lie", [{"host": "evil.example"}, {"owner": "another"}, {"key": "another"}])
def test_a_lie_is_refused(client: Client, cast: Cast, lie: dict[str, str]) -> None:
    passkey, others = Passkey(), Passkey()
    owner_of(passkey, cast.head)
    owner_of(others, cast.senco)
    passkey.host = lie.get("host", passkey.host)
    passkey.owner = others.owner if "owner" in lie else passkey.owner
    passkey.key = others.key if "key" in lie else passkey.key
    response = passkey.sign_in(client)
    assert response["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


NONSENSE: list[object] = [
    None,
    7,
    {"userHandle": "!"},
    {"userHandle": "YQ", "clientDataJSON": "YQ", "authenticatorData": "YQ", "signature": "YQ"},
    {"userHandle": "YQ", "clientDataJSON": "e30", "authenticatorData": "", "signature": ""},
    {"clientDataJSON": "e30", "attestationObject": "YQ"},
]
SHAPED = [{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": part} for part in NONSENSE]


@pytest.mark.parametrize(
    "credential", ["", "x", "[]", "{}", "null", '{"id": 1, "response": {}}', *map(json.dumps, SHAPED)]
)
def test_nonsense_is_refused_without_a_fault(client: Client, cast: Cast, credential: str) -> None:
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    response = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert response["Location"] == reverse("account_login")
    inside = Client()
    sign_in_with_password(inside, cast.head)
    inside.get(reverse("mfa_add_webauthn"))
    assert (
        inside.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential}).status_code == 200
    )
    assert not Authenticator.objects.exists()


def test_a_closed_account_stays_out(client: Client, cast: Cast) -> None:
    passkey = Passkey()
    owner_of(passkey, cast.head)
    User.objects.filter(pk=cast.head.pk).update(is_active=False)
    passkey.sign_in(client)
    assert "_auth_user_id" not in client.session


def test_after_a_password_it_is_the_second_step(client: Client, cast: Cast) -> None:
    passkey = Passkey()
    owner_of(passkey, cast.head)
    assert sign_in_with_password(client, cast.head)["Location"] == reverse("mfa_authenticate")
    page = client.get(reverse("mfa_authenticate"))
    challenge = client.session["mfa.webauthn.state"]["challenge"]
    assert page.context["passkeys"]
    client.post(reverse("mfa_authenticate"), {"credential": passkey.signed(challenge)})
    assert client.get(STAFF).status_code == 200


def test_a_head_keeps_the_last_one(cast: Cast) -> None:
    client = owner_of(Passkey(), cast.head)
    row = Authenticator.objects.get(user=cast.head, type="webauthn")
    page = reverse("mfa_remove_webauthn", args=[row.pk])
    assert "Your post reaches pages about children" in client.get(page).content.decode()
    client.post(page)
    assert Authenticator.objects.filter(pk=row.pk).exists()
    Passkey().add_to(client)
    client.post(page)
    assert not Authenticator.objects.filter(pk=row.pk).exists()
    assert client.get(STAFF).status_code == 200, "the other one still stands behind this session"


def test_support_staff_may_remove_it_and_the_session_forgets_it(cast: Cast) -> None:
    client = owner_of(Passkey(), cast.support_staff)
    row = Authenticator.objects.get(user=cast.support_staff, type="webauthn")
    client.post(reverse("mfa_remove_webauthn", args=[row.pk]))
    assert not Authenticator.objects.filter(user=cast.support_staff).exists(), "the sheet goes with it"
    assert [each["method"] for each in client.session["account_authentication_methods"]] == ["password"]


def test_nobody_removes_or_renames_anothers(cast: Cast) -> None:
    owner_of(Passkey(), cast.head)
    row = Authenticator.objects.get(user=cast.head, type="webauthn")
    client = owner_of(Passkey(), cast.stranger_head)
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert client.post(reverse(name, args=[row.pk]), {"name": "Mine"}).status_code == 404


def test_a_password_alone_adds_none_beside_an_app(cast: Cast) -> None:
    """A session begun before the app was set up elsewhere."""
    client = Client()
    sign_in_with_password(client, cast.head)
    app = enrol(cast.head)
    response = client.get(reverse("mfa_add_webauthn"))
    assert response["Location"].startswith(reverse("mfa_reauthenticate"))
    second = Client()
    sign_in_with_password(second, cast.head)
    with_code(second, app.code())
    assert second.get(reverse("mfa_add_webauthn")).status_code == 200, "the control"


def test_where_there_is_no_app_the_passkey_is_asked_first(cast: Cast, sign_in: SignIn) -> None:
    passkey = Passkey()
    owner_of(passkey, cast.head)
    begun_before = sign_in(cast.head, mfa=False)
    response = begun_before.get(STAFF)
    assert response["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))
    page = begun_before.get(response["Location"])
    assert "Use a code" in page.content.decode(), "the sheet is another way"
    challenge = begun_before.session["mfa.webauthn.state"]["challenge"]
    done = begun_before.post(response["Location"], {"credential": passkey.signed(challenge)})
    assert done["Location"] == STAFF
    assert begun_before.get(STAFF).status_code == 200


RS2048, RS1024, RS3072 = (
    rsa.generate_private_key(public_exponent=65537, key_size=size) for size in (2048, 1024, 3072)
)


@pytest.mark.parametrize(
    ("kind", "key", "taken"),
    [
        (ES256, ec.generate_private_key(ec.SECP256R1()), True),
        (ES384, ec.generate_private_key(ec.SECP384R1()), True),
        (ES512, ec.generate_private_key(ec.SECP521R1()), True),
        (EdDSA, ed25519.Ed25519PrivateKey.generate(), True),
        (RS256, RS2048, True),
        (RS256, RS3072, True),
        (RS256, RS1024, False),
        (PS256, RS2048, False),
        (RS1, RS2048, False),
        (ES256K, ec.generate_private_key(ec.SECP256K1()), False),
    ],
)
def test_only_keys_that_are_good_enough_are_taken(cast: Cast, kind: type, key: Any, taken: bool) -> None:
    client = Client()
    sign_in_with_password(client, cast.head)
    page = Passkey(key=key, kind=kind).add_to(client)
    assert Authenticator.objects.filter(user=cast.head, type="webauthn").exists() is taken
    assert (page.status_code == 302) is taken
    if not taken:
        assert "too weak" in page.content.decode()


def test_a_device_is_offered_these_alone(cast: Cast) -> None:
    client = Client()
    sign_in_with_password(client, cast.head)
    options = client.get(reverse("mfa_add_webauthn")).context["js_data"]["creation_options"]["publicKey"]
    assert [each["alg"] for each in options["pubKeyCredParams"]] == [-7, -8, -35, -36, -257]


def test_one_from_before_that_is_too_weak_opens_nothing(client: Client, cast: Cast) -> None:
    """Made when more was taken: written past the check that would refuse it now."""
    passkey = Passkey(key=RS2048, kind=RS256)
    owner_of(passkey, cast.head)
    passkey.sign_in(client)
    assert client.get(STAFF).status_code == 200, "the control"
    weak = Passkey(key=RS1024, kind=RS256, id=passkey.id, owner=passkey.owner)
    row = Authenticator.objects.get(user=cast.head, type="webauthn")
    row.data["credential"]["response"]["attestationObject"] = websafe_encode(weak.made())
    row.save()
    other = Client()
    weak.sign_in(other)
    assert "_auth_user_id" not in other.session

"""Secrets at rest, codes and their chances, and the record that cannot be rewritten."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest
from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from cryptography.fernet import InvalidToken
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from partnership.access import rls
from partnership.accounts.vault import vault
from partnership.audit.models import Event, record
from schools.actions import posting
from tests.accounts.door import Totp, enrol, sign_in_with_password, with_code
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [rls.OWNER, rls.APP, rls.WORKER])
@pytest.mark.parametrize("change", ["UPDATE audit_event SET kind = 'other'", "DELETE FROM audit_event"])
def test_nobody_rewrites_the_record(role: str, change: str) -> None:
    record("handover.opened", by=None, at=timezone.now())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [role])
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(change)
        cursor.execute("SELECT set_config('role', 'none', true)")
    assert Event.objects.filter(kind="handover.opened").count() == 1


def test_what_is_encrypted_cannot_be_altered_unseen() -> None:
    sealed = vault().encrypt(b"a secret")
    for place in (10, len(sealed) // 2, len(sealed) - 5):
        other = b"A" if sealed[place : place + 1] != b"A" else b"B"
        with pytest.raises(InvalidToken):
            vault().decrypt(sealed[:place] + other + sealed[place + 1 :])
    assert vault().decrypt(sealed) == b"a secret"


def test_the_key_can_be_changed_and_the_old_one_thrown_away(settings: Settings) -> None:
    before = vault().encrypt(b"a secret")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another " * 8
    anew = vault().rotate(before)
    settings.SECRET_KEY_FALLBACKS = []
    assert vault().decrypt(anew) == b"a secret"
    with pytest.raises(InvalidToken):
        vault().decrypt(before)


def bits(choices: int, length: int) -> float:
    return length * math.log2(choices)


def test_secrets_are_long_enough_for_what_they_open() -> None:
    assert bits(32, len(generate_totp_secret())) >= 160
    assert bits(10, mfa.RECOVERY_CODE_DIGITS) > 20
    assert bits(len(set(posting.CODE_LETTERS)), posting.CODE_LENGTH) > 45
    assert len({generate_totp_secret() for _ in range(50)}) == 50


def test_recovery_codes_differ_from_person_to_person(cast: Cast) -> None:
    codes = [code for user in (cast.head, cast.senco, cast.dsl) for code in enrol(user).recovery_codes()]
    assert len(set(codes)) == len(codes) == 3 * mfa.RECOVERY_CODE_COUNT


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_code_is_good_in_its_own_half_minute_alone(client: Client, cast: Cast, steps: int) -> None:
    app = enrol(cast.head)
    sign_in_with_password(client, cast.head)
    app.code()  # waits where the half-minute is about to end
    with_code(client, format_hotp_value(hotp_value(app.secret, int(time.time()) // 30 + steps)))
    assert "_auth_user_id" not in client.session
    with_code(client, app.code())
    assert client.session["_auth_user_id"] == str(cast.head.pk), "the control: this one's is"


def test_guessing_the_second_step_is_stopped(cast: Cast) -> None:
    """Whoever has the password may try five codes; then the right one is not looked at either."""
    app = enrol(cast.head)
    client = Client()
    sign_in_with_password(client, cast.head)
    for number in range(5):
        with_code(client, f"{number:06}")
    page = with_code(client, app.code())
    assert "too many tries" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_link_that_was_altered_opens_nothing(client: Client, cast: Cast) -> None:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    token, one, other = default_token_generator.make_token(cast.head), cast.head, cast.senco
    address: Callable[[str], str] = lambda key: f"/accounts/password/reset/key/{key}/"  # noqa: E731
    good = client.get(address(f"{user_pk_to_url_str(one)}-{token}"), follow=True)
    assert not good.context.get("token_fail")
    last = "0" if token[-1] != "0" else "1"
    for key in (f"{user_pk_to_url_str(other)}-{token}", f"{user_pk_to_url_str(one)}-{token[:-1]}{last}"):
        assert Client().get(address(key), follow=True).context["token_fail"]


def test_the_way_out_stands_on_every_page(cast: Cast) -> None:
    client, staff = Client(), Client()
    sign_in_with_password(client, cast.support_staff)
    app = enrol(cast.coordinator)
    sign_in_with_password(staff, cast.coordinator)
    with_code(staff, app.code())
    for who, address in ((client, "/"), (client, "/schools/"), (client, "/account/"), (staff, "/admin/")):
        assert f'action="{reverse("account_logout")}"' in who.get(address).content.decode(), address


def test_a_new_phone_is_proved_before_the_old_one_goes(client: Client, cast: Cast) -> None:
    old = enrol(cast.head)
    sign_in_with_password(client, cast.head)
    with_code(client, old.code())
    page = client.get(reverse("mfa_replace_totp"))
    fresh = Totp(page.context["form"].secret)
    wrong = "000000" if fresh.code() != "000000" else "111111"
    client.post(reverse("mfa_replace_totp"), {"code": wrong})
    kept = Authenticator.objects.get(user=cast.head, type=Authenticator.Type.TOTP)
    assert vault().decrypt(kept.data["secret"]).decode() == old.secret

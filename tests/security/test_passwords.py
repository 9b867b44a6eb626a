"""Passwords: what is asked of them, what is not, and that what was set is compared to the letter."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from partnership.accounts.models import User
from partnership.settings import base
from tests.accounts.door import PASSWORD, sign_in_with_password
from tests.cast import Cast, SignIn

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def fits(password: str, user: User | None = None) -> bool:
    try:
        validate_password(password, user)
    except ValidationError:
        return False
    return True


def change(client: Client, old: str, new: str) -> None:
    client.post(reverse("account_change_password"), {"oldpassword": old, "password1": new, "password2": new})


def test_ten_letters_are_the_least() -> None:
    assert not fits("calm-rive")
    assert fits("calm-river")


@pytest.mark.parametrize(
    "password",
    [
        "calmriverlantern",
        "CALMRIVERLANTERN",
        "лампа река спокойно",
        "~~~~//////!!!!",
        "two words and a space ",
        "水" * 12,
        "8241907365",
        "3141 5926 5358",
    ],
)
def test_no_kind_of_letter_is_asked_for(password: str) -> None:
    assert fits(password)


@pytest.mark.parametrize(
    "password",
    [
        "07700900123",
        "+44 7700 900123",
        "01632 960 001",
        "1211198012",
        "2026-09-01 1",
        "1234123412",
        "0000000000",
    ],
)
def test_figures_that_people_try_first_are_refused(password: str) -> None:
    assert not fits(password)


def test_long_ones_are_welcome_and_count_to_the_last_letter(client: Client, cast: Cast) -> None:
    long = "lantern " * 32
    sign_in_with_password(client, cast.support_staff)
    change(client, PASSWORD, long)
    for wrong in (long[:-1], long[:72], long.strip(), long.upper()):
        other = Client()
        sign_in_with_password(other, cast.support_staff, wrong)
        assert "_auth_user_id" not in other.session
    sign_in_with_password(other, cast.support_staff, long)
    assert other.session["_auth_user_id"] == str(cast.support_staff.pk)


def test_changing_it_asks_for_the_present_one(client: Client, cast: Cast) -> None:
    sign_in_with_password(client, cast.support_staff)
    change(client, "not-the-present-one", "harbour-lantern-52")
    assert User.objects.get(pk=cast.support_staff.pk).check_password(PASSWORD)
    change(client, PASSWORD, "harbour-lantern-52")
    assert User.objects.get(pk=cast.support_staff.pk).check_password("harbour-lantern-52")


@pytest.mark.parametrize("password", ["1q2w3e4r5t", "qwertyuiop", "password123", "ILOVEYOU12"])
def test_what_everybody_uses_is_refused(password: str) -> None:
    assert not fits(password)


@pytest.mark.parametrize(
    "password",
    ["Handover2026!", "welcome-to-school-1", "Sp ring.Term-2027", "senco SENCO senco", "Péople-at-schöol"],
)
def test_our_own_words_with_a_number_behind_them_are_refused(password: str) -> None:
    assert fits(password) is (password in {"Péople-at-schöol", "Sp ring.Term-2027"})


def test_the_persons_own_name_is_refused(cast: Cast) -> None:
    user = User(name="Marigold Featherstone", email="m.featherstone@northfield.example")
    assert not fits("featherstone1", user)
    assert fits("featherstone1", cast.head), "somebody else's name is a word like any other"


def test_an_old_one_stays_good(client: Client, cast: Cast) -> None:
    long_ago = timezone.now() - timedelta(days=3650)
    User.objects.filter(pk=cast.support_staff.pk).update(date_joined=long_ago, last_login=long_ago)
    assert sign_in_with_password(client, cast.support_staff)["Location"] == "/"
    assert client.get("/", follow=True).redirect_chain == []


def test_boxes_hide_what_is_typed_and_welcome_a_password_manager(
    client: Client, cast: Cast, sign_in: SignIn
) -> None:
    staff = sign_in(cast.support_staff)
    asked = 0
    for page in (
        client.get(reverse("account_login")),
        staff.get(reverse("account_change_password")),
        staff.get(reverse("account_reauthenticate")),
    ):
        html = page.content.decode()
        for box in re.findall(r"<input[^>]*name=\"(?:old)?password\d?\"[^>]*>", html):
            assert 'type="password"' in box
            assert re.search(r'autocomplete="(current|new)-password"', box), box
            asked += 1
    assert asked == 5
    scripts = "".join(path.read_text() for path in (ROOT / "static" / "src" / "js").glob("*.js"))
    assert not re.search(r"['\"](paste|copy|cut|contextmenu)['\"]", scripts)


def test_they_are_kept_by_a_slow_salted_hash(settings: Settings) -> None:
    """As a deployment does; the test run takes a quick one."""
    assert not hasattr(base, "PASSWORD_HASHERS")
    assert not {"PASSWORD_HASHERS"} & set(
        Path(ROOT / "partnership/settings/production.py").read_text().split()
    )
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    kept = [make_password(PASSWORD) for _ in range(2)]
    assert kept[0] != kept[1]
    assert all(each.startswith(f"pbkdf2_sha256${PBKDF2PasswordHasher.iterations}$") for each in kept)
    assert PBKDF2PasswordHasher.iterations >= 600_000


def test_no_account_is_there_before_the_first_invitation() -> None:
    """Migrations make schools' calendars and duties, and nobody who could sign in."""
    assert not User.objects.exists()


def test_no_question_gives_a_password_away(client: Client, cast: Cast) -> None:
    page = client.get(reverse("account_reset_password")).content.decode()
    assert set(re.findall(r"<input[^>]*name=\"([^\"]+)\"", page)) == {"csrfmiddlewaretoken", "email"}
    assert not [f.name for f in User._meta.get_fields() if re.search("hint|question|answer", f.name)]

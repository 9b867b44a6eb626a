"""How long a session lasts, and what ends it."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from partnership.accounts.models import User
from partnership.accounts.sessions import BEGAN, SEEN
from tests.accounts.door import PASSWORD, Totp, enrol, sign_in_with_password, with_code
from tests.accounts.passkey import Passkey
from tests.cast import Cast, SignIn

pytestmark = pytest.mark.django_db

ACCOUNT, HOUR = "/account/", 3600
FRESH = "harbour-lantern-52"


def opened(user: User) -> Client:
    """A browser of this person, signed in through the real page."""
    client = Client()
    sign_in_with_password(client, user)
    assert inside(client)
    return client


def inside(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def moved(client: Client, **by: float) -> Client:
    """The clocks of a session, put back."""
    session = client.session
    for name, seconds in by.items():
        session[{"began": BEGAN, "seen": SEEN}[name]] = time.time() - seconds
    session.save()
    return client


def test_an_hour_without_use_ends_a_session(cast: Cast) -> None:
    assert inside(moved(opened(cast.support_staff), seen=HOUR - 60))
    over = moved(opened(cast.support_staff), seen=HOUR + 1)
    page = over.get(ACCOUNT, follow=True)
    assert page.redirect_chain[0][0] == f"{reverse('account_login')}?next=/account/"
    assert "nothing was pressed" in page.content.decode()
    assert "_auth_user_id" not in over.session


def test_use_keeps_it_open_but_not_for_ever(cast: Cast) -> None:
    client = moved(opened(cast.support_staff), seen=HOUR - 60, began=12 * HOUR - 60)
    assert inside(client)
    assert time.time() - client.session[SEEN] < 60, "the use was written down"
    assert not inside(moved(client, began=12 * HOUR + 1))


def test_a_session_from_before_the_limits_counts_from_now(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.support_staff)
    session = client.session
    del session[BEGAN], session[SEEN]
    session.save()
    assert inside(client)
    assert time.time() - client.session[BEGAN] < 60


def test_a_new_password_ends_the_others(cast: Cast) -> None:
    here, there = opened(cast.support_staff), opened(cast.support_staff)
    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH},
    )
    assert inside(here)
    assert not inside(there)


def test_a_password_reset_ends_all(client: Client, cast: Cast) -> None:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    user, there = cast.support_staff, opened(cast.support_staff)
    user.refresh_from_db()  # the link hangs on the last sign-in
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    page = client.get(f"/accounts/password/reset/key/{key}/", follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": FRESH, "password2": FRESH})
    assert not inside(there)
    assert not inside(client), "a reset signs nobody in"


def test_the_list_shows_ones_own_alone(cast: Cast) -> None:
    here = opened(cast.support_staff)
    opened(cast.support_staff)
    opened(cast.head)
    page = here.get(reverse("usersessions_list"))
    assert page.context["session_count"] == 2
    assert page.content.decode().count("this one") == 1


def test_one_is_signed_out_alone(cast: Cast) -> None:
    here, there, third = (opened(cast.support_staff) for _ in range(3))
    row = here.get(reverse("usersessions_list")).context["sessions"][1]
    assert row.session_key == there.session.session_key
    here.post(reverse("usersessions_end", args=[row.pk]))
    assert [inside(each) for each in (here, there, third)] == [True, False, True]


def test_nobody_signs_another_person_out(cast: Cast) -> None:
    here, stranger = opened(cast.support_staff), opened(cast.stranger_support_staff)
    row = here.get(reverse("usersessions_list")).context["sessions"][0]
    assert stranger.post(reverse("usersessions_end", args=[row.pk])).status_code == 404
    assert inside(here)


@pytest.mark.parametrize(("pressed", "stays"), [({}, True), ({"everywhere": "1"}, False)])
def test_signing_out_the_others_or_everywhere(cast: Cast, pressed: dict[str, str], stays: bool) -> None:
    here, there, other = opened(cast.support_staff), opened(cast.support_staff), opened(cast.governor)
    here.post(reverse("usersessions_list"), pressed)
    assert inside(here) is stays
    assert not inside(there)
    assert inside(other)


def test_who_ends_sessions_shows_once_more_who_they_are(cast: Cast, sign_in: SignIn) -> None:
    """Not whoever sits down at a desk left open, and locks its owner out everywhere else."""
    there = opened(cast.support_staff)
    here, lately = sign_in(cast.support_staff, mfa=False, ago=16 * 60), opened(cast.support_staff)
    page = reverse("usersessions_list")
    assert here.get(page).status_code == 200, "reading asks nothing"
    row = UserSession.objects.get(session_key=there.session.session_key)
    one = reverse("usersessions_end", args=[row.pk])
    for address, data in ((page, {}), (page, {"everywhere": "1"}), (one, {})):
        asked = here.post(address, data, headers={"referer": f"http://testserver{page}"})
        assert asked["Location"] == f"{reverse('account_reauthenticate')}?next={quote(page, safe='')}"
        assert inside(there)
    assert here.post(asked["Location"], {"password": PASSWORD})["Location"] == page
    here.post(page)
    assert [inside(each) for each in (here, there, lately)] == [True, False, False]


class TestAFactorThatChanges:
    """Whoever is signed in by the old ways is so no longer, and the page says so."""

    def two(self, user: User) -> tuple[Client, Client, Totp]:
        """Two browsers of one person, in each of which the second step was shown, and their app."""
        app, browsers = enrol(user), []
        for code in (app.code(), app.recovery_codes()[0]):
            client = Client()
            sign_in_with_password(client, user)
            with_code(client, code)
            assert inside(client)
            browsers.append(client)
        return browsers[0], browsers[1], app

    def told(self, client: Client) -> bool:
        return "Wherever else you were signed in" in client.get(reverse("mfa_index")).content.decode()

    def test_a_first_app(self, cast: Cast) -> None:
        here, there = opened(cast.support_staff), opened(cast.support_staff)
        app = Totp.shown_by(here)
        here.post(reverse("mfa_activate_totp"), {"code": app.code()})
        assert (inside(here), inside(there)) == (True, False)
        assert here.get(reverse("mfa_index")).context["request"].user == cast.support_staff

    def test_an_app_moved(self, cast: Cast) -> None:
        here, there, _ = self.two(cast.head)
        page = here.get(reverse("mfa_replace_totp"))
        here.post(reverse("mfa_replace_totp"), {"code": Totp(page.context["form"].secret, cast.head).code()})
        assert (inside(here), inside(there)) == (True, False)
        assert here.get("/staff/").status_code == 200, "the second step still stands behind it"

    def test_an_app_taken_off(self, cast: Cast) -> None:
        here, there, _ = self.two(cast.support_staff)
        here.post(reverse("mfa_deactivate_totp"))
        assert self.told(here)
        assert (inside(here), inside(there)) == (True, False)

    def test_a_passkey_added_and_removed(self, cast: Cast) -> None:
        here, there, _ = self.two(cast.head)
        Passkey().add_to(here)
        assert self.told(here)
        assert (inside(here), inside(there)) == (True, False)
        again = Client()
        sign_in_with_password(again, cast.head)
        with_code(again, Totp("", cast.head).recovery_codes()[0])
        assert inside(again)
        row = Authenticator.objects.get(user=cast.head, type="webauthn")
        here.post(reverse("mfa_remove_webauthn", args=[row.pk]))
        assert (inside(here), inside(again)) == (True, False)

    def test_a_new_sheet_of_ones_own(self, cast: Cast) -> None:
        here, there, _ = self.two(cast.head)
        here.post(reverse("mfa_generate_recovery_codes"))
        assert (inside(here), inside(there)) == (True, False)


def test_sessions_that_no_list_knows_end_too(cast: Cast, sign_in: SignIn) -> None:
    """One begun before there was a list, say."""
    here, unlisted = opened(cast.support_staff), sign_in(cast.support_staff)
    here.post(reverse("usersessions_list"))
    assert not inside(unlisted)


def test_the_end_of_a_post_ends_the_sessions_of_its_holder(cast: Cast, sign_in: SignIn) -> None:
    theirs, others, head = opened(cast.support_staff), opened(cast.governor), sign_in(cast.head)
    post = cast.support_staff.posts.get()
    head.post(reverse("schools:end_post", args=[post.pk]), {"when": "now"})
    post.refresh_from_db()
    assert post.ends_on
    assert not inside(theirs)
    assert inside(others)
    assert inside(head)


def test_a_new_post_ends_them_too_but_not_that_of_whoever_gives_it(cast: Cast) -> None:
    """A head who takes on a second post goes on working; their other browser signs in anew."""
    app = enrol(cast.head)
    here, there = Client(), Client()
    sign_in_with_password(here, cast.head)
    with_code(here, app.code())
    sign_in_with_password(there, cast.head)
    with_code(there, app.recovery_codes()[0])
    assert inside(there)
    here.post(
        f"{reverse('schools:appoint')}?person={cast.head.pk}",
        {"role": "senco", "starts_on_day": "1", "starts_on_month": "9", "starts_on_year": "2026"},
    )
    assert cast.head.posts.filter(role="senco").exists()
    assert inside(here)
    assert here.get("/staff/").status_code == 200, "and its second factor stays"
    assert not inside(there)

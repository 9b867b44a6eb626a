"""An invitation from the mail or the slip to the first page, through the real pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.access.viewer import Viewer, build_viewer
from partnership.accounts.models import User
from partnership.audit.models import Event
from partnership.outbox.models import Delivery
from schools.actions import inviting, people, posting
from schools.models import Invitation, Post
from schools.queries.people import last_day_of
from tests.accounts.door import PASSWORD, Totp, enrol, sign_in_with_password, with_code
from tests.cast import Cast, SignIn
from tests.factories.schools import PostFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW = "harbour-lantern-52"
ACCEPT = "/invitation/accept/"


def viewer(user: User) -> Viewer:
    return build_viewer(user_id=user.pk, mfa=True)


@pytest.fixture
def post(cast: Cast) -> Post:
    """A SENCO who has never signed in."""
    user = User.objects.create_user(name="Wren Abbott", email="wren@millbrook.example")
    return PostFactory(user=user, role="senco", organisation=cast.junior)


def invited(post: Post, by: User, email: str = "") -> tuple[Invitation, str]:
    """The invitation and the path of its link, read from the mail."""
    invitation = inviting.invite(
        post=post, email=email or post.user.email or "", by=viewer(by), at=timezone.now()
    )
    letter = Delivery.objects.order_by("due_at").last().letter
    found = re.search(r"/invitation/[^/\s]+/", letter["text"])
    assert found
    return invitation, found[0]


def taken_up(client: Client, path: str, password: str = NEW) -> Any:
    client.post(path)
    return client.post(ACCEPT, {"password1": password, "password2": password})


def test_the_token_is_long_and_stored_hashed(post: Post, cast: Cast) -> None:
    invitation, path = invited(post, cast.head)
    token = path.split("/")[2]
    assert len(token) >= 43
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert token not in str(row)
    assert row["token_hash"] == posting.hashed(token)


def test_the_mail_names_school_and_role_and_goes_by_the_outbox(post: Post, cast: Cast) -> None:
    invited(post, cast.head)
    letter = Delivery.objects.get().letter
    assert letter["to"] == "wren@millbrook.example"
    for part in ("Millbrook Junior School", "SENCO", cast.head.name):
        assert part in letter["text"]
        assert part in letter["html"]


def test_a_get_shows_and_uses_nothing_up(client: Client, post: Post, cast: Cast) -> None:
    invitation, path = invited(post, cast.head)
    for _ in range(3):
        page = client.get(path)
        assert page.status_code == 200
    text = page.content.decode()
    assert "Millbrook Junior School" in text
    assert "SENCO" in text
    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"]
    invitation.refresh_from_db()
    assert invitation.used_at is None


def test_from_the_mail_to_the_second_step_and_on(client: Client, post: Post, cast: Cast) -> None:
    invitation, path = invited(post, cast.head)
    assert client.post(path)["Location"] == ACCEPT
    assert "Choose a password" in client.get(ACCEPT).content.decode()
    response = client.post(ACCEPT, {"password1": NEW, "password2": NEW})
    assert response["Location"] == "/accounts/2fa/totp/activate/?next=%2F"
    invitation.refresh_from_db()
    assert invitation.used_at is not None
    address = EmailAddress.objects.get(user=post.user)
    assert (address.email, address.verified, address.primary) == ("wren@millbrook.example", True, True)
    assert client.get(reverse("schools:staff")).status_code == 302, "no second factor yet"
    app = Totp.shown_by(client)
    client.post(reverse("mfa_activate_totp"), {"code": app.code()})
    assert client.get(reverse("schools:staff")).status_code == 200
    kinds = set(Event.objects.filter(subject_id=invitation.pk).values_list("kind", flat=True))
    assert kinds == {"invitation.written", "invitation.accepted"}


def test_a_post_without_pupil_data_goes_straight_in(client: Client, cast: Cast) -> None:
    user = User.objects.create_user(name="Tess Helper", email="tess@millbrook.example")
    _, path = invited(PostFactory(user=user, role="support_staff", organisation=cast.junior), cast.head)
    assert taken_up(client, path)["Location"] == "/"


def test_it_works_once(client: Client, post: Post, cast: Cast) -> None:
    _, path = invited(post, cast.head)
    taken_up(client, path)
    again = Client().get(path)
    assert again.status_code == 410
    assert "has been used" in again.content.decode()


def test_two_at_once_open_one_account(post: Post, cast: Cast) -> None:
    _, path = invited(post, cast.head)
    first, second = Client(), Client()
    first.post(path)
    second.post(path)
    first.post(ACCEPT, {"password1": NEW, "password2": NEW})
    late = second.post(ACCEPT, {"password1": "other-words-77", "password2": "other-words-77"})
    assert late.status_code == 410
    post.user.refresh_from_db()
    assert post.user.check_password(NEW)


def test_a_weak_password_is_refused_in_words(client: Client, post: Post, cast: Cast) -> None:
    _, path = invited(post, cast.head)
    page = taken_up(client, path, "wrenabbott").content.decode()
    assert "similar" in page
    post.user.refresh_from_db()
    assert not post.user.has_usable_password()


def test_a_withdrawn_one_names_the_head(client: Client, post: Post, cast: Cast) -> None:
    invitation, path = invited(post, cast.head)
    client.post(path)
    inviting.withdraw(invitation=invitation, by=viewer(cast.head), at=timezone.now())
    for response in (client.get(path), client.post(path), client.post(ACCEPT)):
        assert response.status_code in (410, 302)
    page = client.get(path).content.decode()
    assert "was withdrawn" in page
    assert cast.head.name in page


def test_where_no_head_sits_the_coordinator_is_named(client: Client, post: Post, cast: Cast) -> None:
    invitation, path = invited(post, cast.coordinator)
    cast.head.posts.all().delete()
    inviting.withdraw(invitation=invitation, by=viewer(cast.coordinator), at=timezone.now())
    page = client.get(path).content.decode()
    assert cast.coordinator.name in page
    assert cast.county_coordinator.name in page


def test_resending_ends_the_older_one(client: Client, post: Post, cast: Cast) -> None:
    _, old = invited(post, cast.head)
    _, new = invited(post, cast.head)
    assert "newer invitation" in client.get(old).content.decode()
    assert client.get(new).status_code == 200


def test_it_lasts_ten_school_days(post: Post, cast: Cast) -> None:
    begun = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
    invitation = inviting.invite(post=post, email=post.user.email or "", by=viewer(cast.head), at=begun)
    # Thursday 10 December, then six school days to the 18th, and four after the holiday: Thursday 7 January.
    assert last_day_of(invitation) == date(2027, 1, 7)


def test_an_expired_one_says_what_to_do(client: Client, post: Post, cast: Cast) -> None:
    invitation, path = invited(post, cast.head)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    page = client.get(path)
    assert page.status_code == 410
    assert "has run out" in page.content.decode()
    assert cast.head.name in page.content.decode()
    assert client.post(path).status_code == 410


def test_an_unknown_token_tells_nothing(client: Client, db: None) -> None:
    assert client.get("/invitation/not-a-token/").status_code == 404
    assert client.get(ACCEPT)["Location"] == reverse("schools:invitation_code")


def test_a_password_reset_is_no_way_round_an_invitation(client: Client, post: Post) -> None:
    client.post(reverse("account_reset_password"), {"email": post.user.email})
    assert not Delivery.objects.exists()


def test_who_has_an_account_signs_in_first(client: Client, post: Post, cast: Cast) -> None:
    invitation, path = invited(post, cast.head)
    post.user.set_password(PASSWORD)
    post.user.save()
    app = enrol(post.user)
    client.post(path)
    assert client.get(ACCEPT)["Location"] == "/accounts/login/?next=%2Finvitation%2Faccept%2F"
    assert client.post(ACCEPT, {"password1": NEW, "password2": NEW}).status_code == 302
    post.user.refresh_from_db()
    assert post.user.check_password(PASSWORD), "an invitation never replaces a password"
    sign_in_with_password(client, post.user)
    with_code(client, app.code())
    assert client.post(ACCEPT)["Location"] == "/"
    invitation.refresh_from_db()
    assert invitation.used_at is not None


def test_somebody_else_signed_in_cannot_take_it(post: Post, cast: Cast, sign_in: SignIn) -> None:
    invitation, path = invited(post, cast.head)
    client = sign_in(cast.class_teacher)
    client.post(path)
    page = client.post(ACCEPT, {"password1": NEW, "password2": NEW}).content.decode()
    assert "Somebody else is signed in" in page
    invitation.refresh_from_db()
    assert invitation.used_at is None


def test_an_ended_post_takes_its_invitation_with_it(client: Client, post: Post, cast: Cast) -> None:
    _, path = invited(post, cast.head)
    now = timezone.now()
    people.end_post(post=post, last_day=people.yesterday(now), by=viewer(cast.head), at=now)
    assert client.get(path).status_code == 410


class TestSlips:
    def slip(self, client: Client, invitation: Invitation) -> str:
        page = client.post(reverse("schools:invitation_slip", args=[invitation.pk]))
        assert page.status_code == 200
        code: str = page.context["code"]
        assert code in page.content.decode()
        return code

    def enter(self, client: Client, code: str, email: str = "wren@millbrook.example") -> Any:
        return client.post(reverse("schools:invitation_code"), {"email": email, "code": code})

    def test_a_slip_leads_in(self, client: Client, post: Post, cast: Cast, sign_in: SignIn) -> None:
        invitation, _ = invited(post, cast.head)
        code = self.slip(sign_in(cast.head), invitation)
        assert self.enter(client, f" {code.lower().replace('-', ' ')} ")["Location"] == ACCEPT
        client.post(ACCEPT, {"password1": NEW, "password2": NEW})
        post.user.refresh_from_db()
        assert post.user.check_password(NEW)

    def test_the_code_is_stored_hashed(self, post: Post, cast: Cast, sign_in: SignIn) -> None:
        invitation, _ = invited(post, cast.head)
        code = self.slip(sign_in(cast.head), invitation)
        assert code.replace("-", "") not in str(Invitation.objects.filter(pk=invitation.pk).values().get())

    def test_five_wrong_codes_and_it_is_spent(
        self, client: Client, post: Post, cast: Cast, sign_in: SignIn
    ) -> None:
        invitation, path = invited(post, cast.head)
        code = self.slip(sign_in(cast.head), invitation)
        for _ in range(5):
            assert "do not go together" in self.enter(client, "WRONG-CODES").content.decode()
        assert self.enter(client, code).status_code == 200
        assert client.get(path).status_code == 200, "the link in the mail still works"
        assert Event.objects.filter(kind="invitation.code_failed").count() == 5

    def test_an_unknown_address_gets_the_same_words(
        self, client: Client, post: Post, cast: Cast, sign_in: SignIn
    ) -> None:
        invitation, _ = invited(post, cast.head)
        self.slip(sign_in(cast.head), invitation)
        known, unknown = (
            self.enter(client, "AAAAA-AAAAA"),
            self.enter(client, "AAAAA-AAAAA", "who@nowhere.example"),
        )
        assert known.context["form"].errors == unknown.context["form"].errors

    def test_a_coordinator_prints_none_for_a_post_that_reaches_pupils(
        self, post: Post, cast: Cast, sign_in: SignIn
    ) -> None:
        invitation, _ = invited(post, cast.coordinator)
        page = reverse("schools:invitation_slip", args=[invitation.pk])
        assert sign_in(cast.coordinator).post(page).status_code == 403

    def test_a_slip_opens_no_post_of_another_school(self, post: Post, cast: Cast, sign_in: SignIn) -> None:
        PostFactory(user=post.user, role="head", organisation=cast.secondary)
        invitation, _ = invited(post, cast.head)
        response = sign_in(cast.head).post(
            reverse("schools:invitation_slip", args=[invitation.pk]), follow=True
        )
        assert "work elsewhere too" in response.content.decode()
        invitation.refresh_from_db()
        assert invitation.code_hash == ""


class TestAddresses:
    def test_an_address_is_set_with_the_invitation(self, cast: Cast) -> None:
        post = PostFactory(user=UserFactory(email=None, password=None), organisation=cast.junior)
        invitation, _ = invited(post, cast.head, "Fresh@Millbrook.example")
        post.user.refresh_from_db()
        assert invitation.email == post.user.email == "fresh@millbrook.example"

    def test_another_schools_person_keeps_their_address(self, post: Post, cast: Cast) -> None:
        PostFactory(user=post.user, role="head", organisation=cast.secondary)
        with pytest.raises(inviting.NotPossible, match="Only their coordinator"):
            invited(post, cast.head, "thief@elsewhere.example")
        _, path = invited(post, cast.coordinator, "right@millbrook.example")
        assert path

    def test_somebody_elses_address_is_refused(self, post: Post, cast: Cast) -> None:
        with pytest.raises(inviting.NotPossible, match="belongs to somebody else"):
            invited(post, cast.head, cast.next_head.email or "")

    def test_a_keeper_of_the_installation_is_nobodys_to_invite_anew(self, post: Post, cast: Cast) -> None:
        User.objects.filter(pk=post.user_id).update(is_superuser=True)
        post.user.refresh_from_db()
        with pytest.raises(inviting.NotPossible):
            invited(post, cast.head, "thief@elsewhere.example")

    def test_who_has_an_account_is_not_invited_again(self, cast: Cast) -> None:
        with pytest.raises(inviting.NotPossible, match="has an account already"):
            invited(cast.senco.posts.get(), cast.head)


class TestStartingAfresh:
    def test_password_second_step_and_sessions_go(self, cast: Cast, client: Client, sign_in: SignIn) -> None:
        app = enrol(cast.senco)
        sign_in_with_password(client, cast.senco)
        with_code(client, app.code())
        assert client.get(reverse("schools:staff")).status_code == 200
        page = reverse("schools:start_afresh", args=[cast.senco.posts.get().pk])
        assert sign_in(cast.head).post(page, {"email": cast.senco.email}).status_code == 302
        assert client.get(reverse("schools:staff"))["Location"].startswith("/accounts/login/")
        assert not Authenticator.objects.filter(user=cast.senco).exists()
        assert Delivery.objects.get().letter["to"] == cast.senco.email

    def test_not_by_strangers_nor_for_oneself(self, cast: Cast, sign_in: SignIn) -> None:
        page = reverse("schools:start_afresh", args=[cast.senco.posts.get().pk])
        address = {"email": cast.senco.email or ""}
        assert sign_in(cast.stranger_head).post(page, address).status_code == 404
        assert sign_in(cast.senco).post(page, address).status_code == 403
        own = reverse("schools:start_afresh", args=[cast.head.posts.get().pk])
        assert sign_in(cast.head).post(own, {"email": cast.head.email or ""}).status_code == 403

    def test_a_new_address_is_told_to_the_old_one(self, cast: Cast, sign_in: SignIn) -> None:
        before = cast.senco.email
        page = reverse("schools:start_afresh", args=[cast.senco.posts.get().pk])
        assert sign_in(cast.head).post(page, {"email": "new@millbrook.example"}).status_code == 302
        assert {each.letter["to"] for each in Delivery.objects.all()} == {before, "new@millbrook.example"}

    def test_who_works_elsewhere_too_keeps_their_account(self, cast: Cast, sign_in: SignIn) -> None:
        PostFactory(user=cast.senco, role="senco", organisation=cast.secondary)
        page = reverse("schools:start_afresh", args=[cast.senco.posts.get(organisation=cast.junior).pk])
        said = sign_in(cast.head).post(page, {"email": "thief@elsewhere.example"}).content.decode()
        assert "work elsewhere too" in said
        cast.senco.refresh_from_db()
        assert cast.senco.has_usable_password()


def test_every_button_of_the_staff_page_is_drawn(post: Post, cast: Cast, sign_in: SignIn) -> None:
    invited(post, cast.head)
    page = sign_in(cast.head).get(reverse("schools:staff")).content.decode()
    for words in ("Send the invitation again", "Print a slip", "Withdraw the invitation", "Name a cover", "End the post",
                  "Start afresh", "invited"):  # fmt: skip
        assert words in page

"""Appointing, covering and ending, through the actions and the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from partnership.access.viewer import Viewer, build_viewer
from partnership.accounts.models import User
from partnership.audit.models import Event
from partnership.outbox.models import Delivery, Message
from schools.actions import inviting, people
from schools.models import Post
from tests.cast import Cast, SignIn

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def viewer(user: User) -> Viewer:
    return build_viewer(user_id=user.pk, mfa=True)


def newcomer(cast: Cast, **facts: str) -> User:
    return people.person_for(
        name=facts.get("name", "Wren Abbott"), email=facts.get("email", "wren@millbrook.example"),
        by=viewer(cast.head), at=NOW,
    )  # fmt: skip


def appointed(cast: Cast, user: User, by: User, role: str = "senco") -> Post:
    return people.appoint(
        user=user, role=role, organisation=cast.junior, starts_on=TODAY, by=viewer(by), at=NOW
    )


def test_an_appointment_is_audited_by_ids_alone(cast: Cast) -> None:
    post = appointed(cast, newcomer(cast), cast.head)
    event = Event.objects.get(kind="post.appointed", subject_id=post.pk)
    assert event.actor_id == cast.head.pk
    assert event.organisation_id == cast.junior.pk
    assert event.facts == {"role": "senco", "user": str(post.user_id)}


def test_a_head_may_also_be_senco(cast: Cast) -> None:
    assert appointed(cast, cast.head, cast.head).role == "senco"


def test_a_coordinator_never_appoints_themselves(cast: Cast) -> None:
    with pytest.raises(inviting.NotPossible, match="cannot appoint yourself"):
        appointed(cast, cast.coordinator, cast.coordinator)


def test_a_coordinators_appointment_is_told_to_the_head_and_the_mailbox(cast: Cast) -> None:
    cast.junior.mailbox = "office@millbrook.example"
    cast.junior.save()
    post = appointed(cast, newcomer(cast), cast.coordinator)
    told = Message.objects.get(kind="schools.appointed")
    assert told.recipient_id == cast.head.pk
    assert told.facts == {"post": str(post.pk), "organisation": str(post.organisation_id)}
    assert Delivery.objects.get().letter["to"] == "office@millbrook.example"


def test_a_heads_own_appointment_is_not_told_to_themselves(cast: Cast) -> None:
    appointed(cast, newcomer(cast), cast.head)
    assert not Message.objects.filter(kind="schools.appointed").exists()
    assert not Delivery.objects.exists()


def test_somebody_without_rights_is_refused(cast: Cast) -> None:
    for user in (cast.senco, cast.next_head, cast.far_coordinator):
        with pytest.raises(PermissionDenied):
            appointed(cast, cast.class_teacher, user)


def test_an_address_under_another_name_is_refused(cast: Cast) -> None:
    with pytest.raises(inviting.NotPossible, match="under another name"):
        newcomer(cast, name="Quite Different", email=cast.next_senco.email or "")


def test_the_same_address_is_the_same_person(cast: Cast) -> None:
    assert newcomer(cast, name=cast.next_senco.name, email=cast.next_senco.email or "") == cast.next_senco


def test_a_shared_mailbox_is_nobodys_sign_in(cast: Cast) -> None:
    cast.secondary.mailbox = "office@northfield.example"
    cast.secondary.save()
    with pytest.raises(inviting.NotPossible, match="shared mailbox"):
        newcomer(cast, email="Office@Northfield.example")


def test_a_person_without_e_mail_holds_a_post(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.head)
    response = client.post(
        f"{reverse('schools:appoint')}?school={cast.junior.pk}",
        {"name": "Tess Assistant", "email": "", "role": "support_staff",
         "starts_on_day": "1", "starts_on_month": "9", "starts_on_year": "2026", "invite": "on"},
    )  # fmt: skip
    assert response.status_code == 302
    post = Post.objects.get(user__name="Tess Assistant")
    assert (post.role, post.user.email, post.invitations.count()) == ("support_staff", None, 0)
    page = client.get(reverse("schools:staff")).content.decode()
    assert "Tess Assistant" in page
    assert 'Sign-in code<span class="govuk-visually-hidden"> for Tess Assistant' in page


def test_a_refused_appointment_leaves_no_person_behind(cast: Cast, sign_in: SignIn) -> None:
    before = User.objects.count()
    response = sign_in(cast.head).post(
        f"{reverse('schools:appoint')}?school={cast.junior.pk}",
        {"name": "Ab Cd", "email": "ab@millbrook.example", "role": "senco", "starts_on_day": "9", "starts_on_month": "9",
         "starts_on_year": "2026", "ends_on_day": "1", "ends_on_month": "9", "ends_on_year": "2026"},
    )  # fmt: skip
    assert "The last day lies before the first." in response.content.decode()
    assert User.objects.count() == before


def test_a_post_that_ends_closes_access_with_the_next_request(cast: Cast, sign_in: SignIn) -> None:
    senco, head = sign_in(cast.senco), sign_in(cast.head)
    assert senco.get(reverse("schools:staff")).status_code == 200
    post = cast.senco.posts.get()
    page = reverse("schools:end_post", args=[post.pk])
    assert head.get(page).status_code == 200
    assert head.post(page, {"when": "now"}).status_code == 302
    assert senco.get(reverse("schools:staff")).status_code == 302, "the session has ended with it"
    assert sign_in(cast.senco).get(reverse("schools:staff")).status_code == 403
    post.refresh_from_db()
    assert post.ends_on == timezone.localdate() - timedelta(days=1)


def test_a_post_given_by_mistake_today_is_taken_back(cast: Cast) -> None:
    post = appointed(cast, newcomer(cast), cast.head)
    people.end_post(post=post, last_day=people.yesterday(NOW), by=viewer(cast.head), at=NOW)
    assert not Post.objects.filter(pk=post.pk).exists()
    assert Event.objects.filter(kind="post.undone", subject_id=post.pk).exists()


def test_a_stranger_finds_no_post_to_end(cast: Cast, sign_in: SignIn) -> None:
    page = reverse("schools:end_post", args=[cast.senco.posts.get().pk])
    assert sign_in(cast.stranger_head).post(page, {"when": "now"}).status_code == 404
    assert sign_in(cast.senco).post(page, {"when": "now"}).status_code == 403


def test_a_cover_sees_what_the_post_sees_and_ends_by_itself(cast: Cast) -> None:
    post = cast.senco.posts.get()
    covering = people.cover(
        post=post, user=cast.class_teacher, starts_on=TODAY, ends_on=TODAY + timedelta(days=5),
        by=viewer(cast.senco), at=NOW,
    )  # fmt: skip
    assert (covering.role, covering.covers_id) == ("senco", post.pk)
    assert covering in Post.objects.current(on=TODAY + timedelta(days=5))
    assert covering not in Post.objects.current(on=TODAY + timedelta(days=6))


def test_a_cover_comes_from_the_same_school(cast: Cast) -> None:
    with pytest.raises(inviting.NotPossible, match="must already hold a post here"):
        people.cover(
            post=cast.senco.posts.get(), user=cast.next_senco, starts_on=TODAY, ends_on=TODAY,
            by=viewer(cast.senco), at=NOW,
        )  # fmt: skip


def test_a_holder_names_a_cover_for_their_own_post_only(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        people.cover(
            post=cast.senco.posts.get(), user=cast.class_teacher, starts_on=TODAY, ends_on=TODAY,
            by=viewer(cast.dsl), at=NOW,
        )  # fmt: skip


def test_an_empty_key_post_is_shown(cast: Cast, sign_in: SignIn) -> None:
    cast.senco.posts.all().delete()
    page = sign_in(cast.head).get(reverse("schools:staff"))
    assert [each.role for each in page.context["empty_posts"]] == ["senco"]
    assert "Nobody holds these posts" in page.content.decode()


def test_staff_is_filtered_by_school(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    page = client.get(reverse("schools:staff"), {"school": str(cast.secondary.pk)}).content.decode()
    assert cast.next_senco.name in page
    assert f">{cast.senco.name}<" not in page
    assert client.get(reverse("schools:staff"), {"school": str(cast.far_junior.pk)}).status_code == 404


def test_pages_need_the_second_factor(cast: Cast, sign_in: SignIn) -> None:
    response = sign_in(cast.head, mfa=False).get(reverse("schools:staff"))
    assert response.status_code == 302
    assert "/2fa/" in response["Location"]


def test_my_account_is_open_to_everyone_signed_in(cast: Cast, sign_in: SignIn) -> None:
    for name in ("support_staff", "nobody", "head"):
        assert sign_in(cast.people[name], mfa=False).get(reverse("schools:my_account")).status_code == 200

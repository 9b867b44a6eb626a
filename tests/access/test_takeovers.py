"""Ways to another person's account that lead round the rules of appointing: each must end at a refusal."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partnership.access.viewer import Viewer, build_viewer
from partnership.accounts.models import User
from partnership.outbox.models import Delivery
from schools.actions import inviting
from schools.models import Invitation
from tests.cast import Cast, SignIn
from tests.factories.schools import PostFactory

NEW = "harbour-lantern-52"


def viewer(user: User) -> Viewer:
    return build_viewer(user_id=user.pk, mfa=True)


def link(email: str) -> str:
    """The path in the last letter to this address."""
    letters = [each.letter for each in Delivery.objects.order_by("due_at") if each.letter["to"] == email]
    found = re.search(r"/invitation/[^/\s]+/", letters[-1]["text"])
    assert found
    return found[0]


def taken_up(path: str) -> Any:
    client = Client()
    client.post(path)
    return client.post("/invitation/accept/", {"password1": NEW, "password2": NEW})


def test_a_deputy_cannot_restart_the_heads_account_by_the_heads_second_post(
    cast: Cast, sign_in: SignIn
) -> None:
    """A deputy appoints SENCOs, not heads: a head who is also SENCO must not become the deputy's to restart."""
    cast.head.set_password(NEW)
    cast.head.save()
    second = PostFactory(user=cast.head, role="senco", organisation=cast.junior)
    answer = sign_in(cast.deputy_head).post(
        f"/staff/posts/{second.pk}/afresh/", {"email": "deputy@private.example"}
    )
    cast.head.refresh_from_db()
    assert answer.status_code == 200
    assert cast.head.has_usable_password()
    assert not Invitation.objects.exists()


def test_a_deputy_cannot_correct_the_address_of_a_head_who_is_yet_to_come_in(cast: Cast) -> None:
    cast.head.set_unusable_password()
    cast.head.save()
    second = PostFactory(user=cast.head, role="senco", organisation=cast.junior)
    with pytest.raises(inviting.NotPossible):
        inviting.invite(
            post=second, email="deputy@private.example", by=viewer(cast.deputy_head), at=timezone.now()
        )


def test_a_deputy_cannot_print_the_slip_of_a_head_who_is_yet_to_come_in(cast: Cast) -> None:
    cast.head.set_unusable_password()
    cast.head.save()
    second = PostFactory(user=cast.head, role="senco", organisation=cast.junior)
    invitation = inviting.invite(
        post=second, email=str(cast.head.email), by=viewer(cast.deputy_head), at=timezone.now()
    )
    with pytest.raises(inviting.NotPossible):
        inviting.print_slip(invitation=invitation, by=viewer(cast.deputy_head), at=timezone.now())


def test_a_corrected_address_ends_every_invitation_to_the_wrong_one(cast: Cast) -> None:
    """Two posts, two letters to a mistyped address: correcting one must leave the stranger there no way in."""
    user = User.objects.create_user(name="Wren Abbott", email="wrong@stranger.example")
    posts = [PostFactory(user=user, role=role, organisation=cast.junior) for role in ("senco", "dsl")]
    for post in posts:
        inviting.invite(post=post, email="wrong@stranger.example", by=viewer(cast.head), at=timezone.now())
    stolen = link("wrong@stranger.example")
    inviting.invite(post=posts[0], email="wren@millbrook.example", by=viewer(cast.head), at=timezone.now())
    assert taken_up(stolen).status_code != 302 or not User.objects.get(pk=user.pk).has_usable_password()
    user.refresh_from_db()
    assert user.email == "wren@millbrook.example"
    assert not user.has_usable_password()


def test_starting_afresh_ends_the_invitations_to_the_persons_other_posts(cast: Cast) -> None:
    """Whoever still reads the old mailbox may hold an unused link to another post of theirs."""
    user = User.objects.create_user(name="Wren Abbott", email="old@millbrook.example")
    posts = [PostFactory(user=user, role=role, organisation=cast.junior) for role in ("senco", "dsl")]
    for post in posts:
        inviting.invite(post=post, email="old@millbrook.example", by=viewer(cast.head), at=timezone.now())
    unused = link("old@millbrook.example")
    user.set_password(NEW)
    user.save()
    inviting.start_afresh(
        post=posts[0], email="new@millbrook.example", by=viewer(cast.head), at=timezone.now()
    )
    taken_up(unused)
    user.refresh_from_db()
    assert (user.email, user.has_usable_password()) == ("new@millbrook.example", False)

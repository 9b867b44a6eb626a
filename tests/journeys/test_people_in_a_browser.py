"""Coming in by an invitation, and the staff page, as a browser sees them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from partnership.access.viewer import build_viewer
from partnership.accounts.models import User
from partnership.outbox.models import Delivery
from schools.actions import inviting
from schools.models import Post
from tests.accounts.door import Totp
from tests.cast import Cast
from tests.factories.schools import PostFactory
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(cast: Cast) -> Post:
    user = User.objects.create_user(
        name="Wren Abbott-Featherstonehaugh of Upper Millbrook End", email="wren@millbrook.example"
    )
    return PostFactory(user=user, role="senco", organisation=cast.junior)


def link(post: Post, by: User) -> str:
    inviting.invite(
        post=post, email=post.user.email or "", by=build_viewer(user_id=by.pk, mfa=True), at=timezone.now()
    )
    found = re.search(r"/invitation/[^/\s]+/", Delivery.objects.latest("due_at").letter["text"])
    assert found
    return found[0]


def test_from_the_invitation_to_the_staff_page(visitor: Visitor, post: Post, cast: Cast) -> None:
    page = visitor.goto(link(post, cast.head))
    assert visitor.axe() == []
    visitor.screens("invitation")
    page.get_by_role("button", name="Take it up").click()
    page.get_by_label("Password", exact=True).fill("harbour-lantern-52")
    page.get_by_label("The same password again").fill("harbour-lantern-52")
    assert visitor.axe() == []
    visitor.screens("invitation-password")
    page.get_by_role("button", name="Accept and sign in").click()
    assert visitor.axe() == []
    visitor.screens("second-step")
    app = Totp(page.locator("#authenticator_secret").text_content() or "")
    page.get_by_label("Code").fill(app.code())
    page.get_by_role("button", name="Turn it on").click()
    visitor.screens("recovery-codes")
    page = visitor.goto("/staff/")
    expect(page.get_by_role("heading", name="Staff", exact=True)).to_be_visible()


def test_the_staff_pages_are_clean(visit: Callable[..., Visitor], post: Post, cast: Cast) -> None:
    link(post, cast.head)
    cast.dsl.posts.all().delete()
    visitor = visit().signed_in(cast.head)
    teacher = cast.class_teacher.posts.get()
    for path, name in (
        ("/staff/", "staff"),
        (f"/staff/appoint/?school={cast.junior.pk}", "appoint"),
        (f"/staff/posts/{teacher.pk}/end/", "end-post"),
        (f"/staff/posts/{teacher.pk}/cover/", "cover"),
        (f"/staff/posts/{post.pk}/invite/", "invite"),
        ("/account/", "account"),
    ):
        visitor.goto(path)
        assert visitor.axe() == [], path
        visitor.screens(name)
    page = visitor.goto("/staff/")
    page.locator("details.staff__more", has_text="Wren Abbott").locator("summary").click()
    visitor.screens("staff-open")
    page.get_by_role("button", name="Print a slip with a code").click()
    assert visitor.axe() == []
    visitor.screens("slip")

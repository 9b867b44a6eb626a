"""Saying when one works."""

from __future__ import annotations

from datetime import time

import pytest
from django.urls import reverse

from partnership.access import rls
from schools.models import Post, WorkingHours
from schools.queries.hours import words_of
from tests.cast import Cast, SignIn

pytestmark = pytest.mark.django_db


def address(post: Post) -> str:
    return reverse("schools:hours", args=[post.pk])


def test_one_tap_says_the_week_and_leads_back(cast: Cast, sign_in: SignIn) -> None:
    post = cast.support_staff.posts.get()
    client = sign_in(cast.support_staff, mfa=False)
    assert "not said yet" in client.get(reverse("schools:my_account")).content.decode()
    response = client.post(address(post), {"usual": "mornings", "next": "/cpd/"})
    assert response.headers["Location"] == "/cpd/"
    assert WorkingHours.objects.filter(post=post).count() == 5
    assert "Monday to Friday 08:30 to 12:15" in client.get(reverse("schools:my_account")).content.decode()


def test_day_by_day_takes_the_place_of_what_was_said(cast: Cast, sign_in: SignIn) -> None:
    post = cast.support_staff.posts.get()
    client = sign_in(cast.support_staff, mfa=False)
    client.post(address(post), {"usual": "day"})
    client.post(address(post), {"starts_2": "09:00", "ends_2": "13:00"})
    assert list(post.hours.values_list("weekday", "starts", "ends")) == [(2, time(9), time(13))]
    client.post(address(post), {"usual": "none"})
    post.refresh_from_db()
    assert not post.hours.exists()
    assert post.hours_said_on


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"starts_1": "09:00"}, "Say both"),
        ({"starts_1": "09:00", "ends_1": "08:00"}, "Monday must end after it begins."),
        ({"starts_1": "nine", "ends_1": "10:00"}, "Enter a time"),
        ({}, "one day at least"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    cast: Cast, sign_in: SignIn, data: dict[str, str], said: str
) -> None:
    post = cast.support_staff.posts.get()
    client = sign_in(cast.support_staff, mfa=False)
    client.post(address(post), {"usual": "day"})
    assert said in client.post(address(post), data).content.decode()
    assert post.hours.count() == 5


def test_only_a_page_of_this_site_is_led_back_to(cast: Cast, sign_in: SignIn) -> None:
    post = cast.support_staff.posts.get()
    for elsewhere in ("https://evil.example/", "//evil.example/"):
        response = sign_in(cast.support_staff, mfa=False).post(
            address(post), {"usual": "day", "next": elsewhere}
        )
        assert response.headers["Location"] == reverse("schools:my_account")


def test_the_office_says_it_for_its_staff_and_nobody_else_sees_it(cast: Cast, sign_in: SignIn) -> None:
    post = cast.support_staff.posts.get()
    assert sign_in(cast.school_office, mfa=False).post(address(post), {"usual": "day"}).status_code == 302
    for stranger in (cast.class_teacher, cast.next_head, cast.stranger_head):
        assert sign_in(stranger).get(address(post)).status_code == 404
        with rls.acting_as(stranger.pk):
            assert not WorkingHours.objects.exists(), "the database keeps them alone too"
    with rls.acting_as(cast.school_office.pk, mfa=False):
        assert WorkingHours.objects.count() == 5


def test_words() -> None:
    long, short = (time(8, 45), time(15, 15)), (time(8, 45), time(12))
    assert (
        words_of({1: long, 2: long, 4: short}) == "Monday to Tuesday 08:45 to 15:15, Thursday 08:45 to 12:00"
    )
    assert words_of({}) == ""

"""A page asks the database as often for three rows as for one: no list grows a query per row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partnership.outbox.models import Message
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.models import Import, ImportRow
from tests.cast import Cast, Road, SignIn, make_road
from tests.factories.schools import MembershipFactory, PostFactory, SchoolFactory, UserFactory
from tests.factories.transitions import NOW, shared
from transitions.models import (
    Conversation,
    ConversationAdult,
    ConversationLine,
    HandoverStep,
    Receipt,
    Version,
)

AT_MOST = 60
"""More than this is not a page, it is a report."""

IN_A_TEST = 5
"""Four open and close a transaction inside the test's own, one puts back who was before."""

Grow = Callable[[int], None]


def queries(client: Client, address: str) -> int:
    """How many queries one opening takes; the second one, so that what is remembered per process is."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address)
    assert response.status_code == 200, response.status_code
    return len(captured)


def same(client: Client, address: str, grow: Grow) -> None:
    """`grow(n)` makes row number n."""
    grow(1)
    one = queries(client, address)
    grow(2)
    grow(3)
    three = queries(client, address)
    assert one == three, f"{one} queries for one row, {three} for three"
    assert three <= AT_MOST


@pytest.fixture
def children(cast: Cast) -> Grow:
    """Children on the way from Millbrook Junior to Northfield, shared, talked over and read."""

    def grow(number: int) -> None:
        road = make_road(cast.junior, cast.secondary, forename=f"Child{number}", surname=f"Number{number}")
        shared(road.handover, by=cast.senco)
        cast.class_teacher.posts.get().classes.add(road.class_group)
        talk(cast, road, number)

    return grow


def talk(cast: Cast, road: Road, number: int) -> None:
    conversation = Conversation.objects.create(
        school=cast.junior, reader=cast.secondary, recorded_by=cast.senco, recorded_at=NOW,
        held_on=date(2026, 11, number),
    )  # fmt: skip
    line(conversation, road)
    for person in (cast.senco, cast.next_senco):
        organisation = person.posts.get().organisation
        ConversationAdult.objects.create(conversation=conversation, user=person, organisation=organisation)


def line(conversation: Conversation, road: Road) -> None:
    ConversationLine.objects.create(
        conversation=conversation, handover=road.handover, pupil=road.pupil, school=road.move.school,
        seen_by=road.move.seen_by, reader_id=road.move.seen_by, note="We agreed on a quiet start.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("senco", "transitions:leaving"),
        ("head", "transitions:leaving"),
        ("class_teacher", "transitions:leaving"),
        ("next_senco", "transitions:joining"),
        ("senco", "transitions:leaving_export"),
        ("next_school_office", "transitions:joining_export"),
        ("head", "home"),
        ("next_head", "home"),
        ("class_teacher", "home"),
        ("la_officer", "transitions:counts"),
        ("coordinator", "admin:index"),
        ("coordinator", "admin:transitions_transition_changelist"),
    ],
)
def test_lists_of_children(cast: Cast, sign_in: SignIn, children: Grow, who: str, page: str) -> None:
    same(sign_in(cast.people[who]), reverse(page), children)


def test_the_grid_of_a_class(cast: Cast, sign_in: SignIn, road: Road) -> None:
    def grow(number: int) -> None:
        make_road(
            cast.junior, cast.secondary, forename=f"Child{number}", surname="Grid", sen="N"
        ).handover.delete()

    same(sign_in(cast.class_teacher), reverse("transitions:class_grid", args=[road.class_group.pk]), grow)


@pytest.mark.parametrize("who", ["senco", "next_senco", "next_school_office"])
def test_a_child_with_a_long_story(cast: Cast, sign_in: SignIn, shared_road: Road, who: str) -> None:
    """Versions, receipts, steps and conversations."""
    handover, move = shared_road.handover, shared_road.move
    common = {"pupil": move.pupil, "school": move.school}

    def grow(number: int) -> None:
        version = Version.objects.filter(handover=handover, number=number).first() or Version.objects.create(
            handover=handover, seen_by=move.seen_by, reader_id=move.seen_by, number=number, shared_by=cast.senco,
            shared_at=NOW, body=handover.versions.get(number=1).body, **common,
        )  # fmt: skip
        type(handover).objects.filter(pk=handover.pk).update(latest=number)
        reader = cast.people[("next_head", "next_dsl", "next_deputy_head")[number - 1]]
        Receipt.objects.create(version=version, reader_id=move.seen_by, by=reader, at=NOW, **common)
        HandoverStep.objects.create(
            handover=handover, reader_id=move.seen_by, by=reader, at=NOW, move="amend", from_state="shared",
            to_state="shared", version=number, **common,
        )  # fmt: skip
        talk(cast, shared_road, number)

    same(sign_in(cast.people[who]), reverse("transitions:child", args=[move.pk]), grow)


@pytest.mark.parametrize(("who", "most"), [("next_senco", 13), ("senco", 16)])
def test_what_a_childs_page_asks(
    cast: Cast, sign_in: SignIn, shared_road: Road, who: str, most: int, request: pytest.FixtureRequest
) -> None:
    talk(cast, shared_road, 1)
    client = sign_in(cast.people[who])
    request.getfixturevalue("remembering")
    assert queries(client, reverse("transitions:child", args=[shared_road.move.pk])) == most + IN_A_TEST


def test_a_conversation_about_many(cast: Cast, sign_in: SignIn, shared_road: Road) -> None:
    talk(cast, shared_road, 10)
    conversation = Conversation.objects.get()

    def grow(number: int) -> None:
        road = make_road(cast.junior, cast.secondary, forename=f"Child{number}", surname="Many")
        shared(road.handover, by=cast.senco)
        line(conversation, road)

    same(sign_in(cast.next_senco), reverse("transitions:conversation", args=[conversation.pk]), grow)


@pytest.mark.parametrize(
    ("who", "page"), [("head", "schools:staff"), ("coordinator", "admin:schools_post_changelist")]
)
def test_staff(cast: Cast, sign_in: SignIn, who: str, page: str) -> None:
    def grow(number: int) -> None:
        PostFactory(user=UserFactory(name=f"New {number}"), role="support_staff", organisation=cast.junior)

    same(sign_in(cast.people[who]), reverse(page), grow)


@pytest.mark.parametrize("page", ["schools:directory", "schools:map", "schools:directory_csv"])
def test_the_directory(cast: Cast, sign_in: SignIn, page: str) -> None:
    def grow(number: int) -> None:
        school = SchoolFactory(
            name=f"Oakfield {number}", local_authority=cast.la, latitude=52.4, longitude=-1.7
        )
        MembershipFactory(partnership=cast.cluster, organisation=school)

    same(sign_in(cast.support_staff), reverse(page), grow)


def test_a_school_page(cast: Cast, sign_in: SignIn) -> None:
    def grow(number: int) -> None:
        PostFactory(user=UserFactory(name=f"New {number}"), role="school_office", organisation=cast.junior)
        partnership = SchoolFactory(name=f"Partnership {number}", kind="partnership", urn=None)
        MembershipFactory(partnership=partnership, organisation=cast.junior)

    same(sign_in(cast.head), reverse("schools:school", args=[cast.junior.pk]), grow)


def test_the_inbox(cast: Cast, sign_in: SignIn, children: Grow) -> None:
    """Messages of one kind about several children are worded together."""
    from transitions.models import Handover

    def grow(number: int) -> None:
        children(number)
        handover = Handover.objects.get(pupil__surname=f"Number{number}")
        Message.objects.create(
            key=f"counted {number}", kind="transitions.handover_shared", recipient=cast.next_senco, urgency="now",
            due_at=timezone.now() - timedelta(minutes=1),
            facts={"subject": str(handover.pk), "organisation": str(cast.secondary.pk), "version": 1},
        )  # fmt: skip

    client = sign_in(cast.next_senco)
    same(client, reverse("inbox:list"), grow)
    assert client.get(reverse("inbox:list")).content.decode().count("Millbrook") >= 1


@pytest.mark.parametrize("page", ["imports:list", "imports:import"])
def test_files(cast: Cast, sign_in: SignIn, page: str) -> None:
    def file(number: int) -> Import:
        return Import.objects.create(
            kind=ImportKind.PUPILS, state=ImportState.READY, organisation=cast.junior, by=cast.school_office, at=NOW,
            file_name=f"list{number}.csv", counts={"new": 3},
        )  # fmt: skip

    shown = file(0)

    def grow(number: int) -> None:
        file(number)
        ImportRow.objects.create(
            of=shown, line=number, outcome=RowOutcome.NEW, key=f"k{number}",
            data={"show": {"title": f"Child {number}", "detail": ""}},
        )  # fmt: skip

    address = reverse(page, args=[shown.pk] if page == "imports:import" else [])
    same(sign_in(cast.school_office), address, grow)

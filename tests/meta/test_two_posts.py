"""People with two posts: each post opens what it opens at its own school, and the two together open nothing more."""

from __future__ import annotations

from itertools import product

import pytest
from django.urls import reverse

from partnership.access.permissions import Permission
from schools.queries.viewers import viewer_for
from tests.factories.schools import PostFactory
from tests.meta.conftest import TRIED
from tests.meta.expected import COORDINATORS, NAMES, READERS, SCHOOL
from tests.meta.world import Thing, World, undone

PLACES = {"home": "junior", "neighbour": "other_junior"}


def sees(thing: Thing, posts: dict[str, str], allowed: frozenset[str]) -> bool:
    """Whether one of the posts, by itself, is at the child's present school and of a role that may. A class teacher of
    this test teaches nobody."""
    return any(
        PLACES[thing.name] == place and role in allowed - {"class_teacher"} for place, role in posts.items()
    )


@pytest.mark.walls
@pytest.mark.parametrize("first", sorted(SCHOOL))
def test_two_posts_open_no_more_than_each(world: World, first: str) -> None:
    """One post at the junior school, another at its neighbour: names and words of each school's child by its post alone."""
    faults = []
    for second, url in product(
        sorted(SCHOOL), ("transitions:child", "transitions:leaving", "home", "imports:list")
    ):
        faults += of_pair(world, first, second, url)
    assert not faults, "\n".join(faults[:40])


def of_pair(world: World, first: str, second: str, url: str) -> list[str]:
    TRIED["two posts"] = TRIED.get("two posts", 0) + 1
    person = world.people["nobody"].user
    client = world.client("nobody")
    posts = {"junior": first, "other_junior": second}
    found = []
    with undone():
        for place, role in posts.items():
            PostFactory(user=person, role=role, organisation=getattr(world.cast, place))
        for name in PLACES:
            thing = world.things[name]
            address = reverse(url, args=[thing.road.move.pk] if url == "transitions:child" else [])
            text = client.get(address).content.decode()
            if thing.surname in text and not sees(thing, posts, NAMES):
                found.append(f"{first} and {second}: {url} names the child at {PLACES[name]}")
            if any(mark in text for mark in (thing.working, thing.sent, thing.note)) and not sees(
                thing, posts, READERS
            ):
                found.append(f"{first} and {second}: {url} tells of the child at {PLACES[name]}")
    return found


def test_reach_adds_up_and_does_not_multiply(world: World) -> None:
    """The source itself: a reader here and an office there reads here alone."""
    person = world.people["nobody"].user
    PostFactory(user=person, role="senco", organisation=world.cast.junior)
    PostFactory(user=person, role="school_office", organisation=world.cast.other_junior)
    viewer = viewer_for(user_id=person.pk, mfa=True)
    assert viewer.reach(Permission.READ_HANDOVERS) == {world.cast.junior.pk}
    assert viewer.reach(Permission.SEE_PUPILS) == {world.cast.junior.pk, world.cast.other_junior.pk}


@pytest.mark.parametrize("who", sorted(COORDINATORS))
def test_a_coordinators_reach_holds_no_child(world: World, who: str) -> None:
    viewer = viewer_for(user_id=world.people[who].user.pk, mfa=True)
    assert viewer.has(Permission.COORDINATE)
    for permission in (
        Permission.SEE_PUPILS,
        Permission.SEE_PROGRESS,
        Permission.READ_HANDOVERS,
        Permission.TEACH,
    ):
        assert viewer.reach(permission) == frozenset()

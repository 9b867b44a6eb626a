"""Pages that ask for themselves: the door's own, invitations, one's own rows, files by kind."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from partnership.outbox.models import Message
from tests.meta.expected import DOOR, IMPORT_KINDS, PUBLIC, Outcome
from tests.meta.world import World, outcome_of, undone

ARGUMENTS: dict[str, list[str | int]] = {
    "schools:invitation": ["made-up-token"],
    "cpd:own_calendar": ["made-up-token"],
    "cpd:public_calendar": ["00000000-0000-4000-8000-000000000000"],
    "openid_connect_login": ["made-up"],
    "openid_connect_callback": ["made-up"],
    "account_reset_password_from_key": ["abc", "def-0"],
    "usersessions_end": [0],
    "mfa_edit_webauthn": [0],
    "mfa_remove_webauthn": [0],
}


@pytest.mark.parametrize("name", DOOR)
def test_the_doors_pages(world: World, name: str) -> None:
    """Nobody meets a fault, and signed out one sees no page of one's own."""
    address = reverse(name, args=ARGUMENTS.get(name, []))
    out, inside = DOOR[name]
    for who, expected in (("", out), ("senco", inside), ("nobody", inside)):
        for method in ("get", "post"):
            client = world.client(who)
            with undone():
                response = getattr(client, method)(address)
            got = outcome_of(response)
            assert got in (expected, Outcome.METHOD, Outcome.FACTOR, Outcome.MISSING, Outcome.SIGN_IN), (
                who,
                method,
            )
            if expected is Outcome.SIGN_IN:
                assert got in (Outcome.SIGN_IN, Outcome.METHOD), (who, method)


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("who", ["", "senco", "coordinator", "stranger_head"])
def test_invitations_open_to_whoever_holds_one(world: World, name: str, who: str) -> None:
    """A made-up token names nobody."""
    address = reverse(name, args=ARGUMENTS.get(name, []))
    client = world.client(who)
    for method in ("get", "post"):
        with undone():
            response = getattr(client, method)(address)
        assert outcome_of(response) in (Outcome.OK, Outcome.MISSING, Outcome.METHOD)
        assert "Wanda" not in response.content.decode()


def test_a_message_is_its_recipients_alone(world: World) -> None:
    address = reverse("inbox:open", args=[world.message.pk])
    for who in world.people:
        client = world.client(who)
        with undone():
            got = outcome_of(client.get(address))
        assert got is (Outcome.OK if who == "senco" else Outcome.MISSING), who
    assert outcome_of(world.client("").get(address)) is Outcome.SIGN_IN
    assert (
        outcome_of(world.client("senco").get(reverse("inbox:open", args=[uuid.uuid4()]))) is Outcome.MISSING
    )


def test_without_a_second_factor_the_inbox_names_nobody_and_loses_nothing(world: World) -> None:
    """The words of a message are its reader's: without the second factor they are general, and nothing is over."""
    home = world.things["home"]
    address = reverse("inbox:list")
    without, behind = world.client("senco", mfa=False), world.client("senco")
    with undone():
        assert home.surname not in without.get(address).content.decode()
        assert not Message.objects.filter(key="matrix home").exclude(dropped_reason="").exists()
        assert home.surname in behind.get(address).content.decode(), "it is there to leak"


@pytest.mark.parametrize("kind", IMPORT_KINDS)
def test_files_are_brought_in_by_those_they_belong_to(world: World, kind: str) -> None:
    roles, door = IMPORT_KINDS[kind], IMPORT_KINDS["pupils"] | IMPORT_KINDS["staff"]
    for person in world.people.values():
        expected = (
            Outcome.OK if person.role in roles else Outcome.MISSING if person.role in door else Outcome.NO
        )
        client = world.client(person.name)
        for method in ("get", "post"):
            with undone():
                response = getattr(client, method)(reverse("imports:upload", args=[kind]))
            assert outcome_of(response) is expected, (person.name, method)
        if person.role in door:
            without = world.client(person.name, mfa=False).get(reverse("imports:upload", args=[kind]))
            assert outcome_of(without) is Outcome.FACTOR, person.name

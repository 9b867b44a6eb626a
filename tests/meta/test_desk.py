"""The coordinators' desk: every record × every role × own and another partnership's row × GET and POST."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from tests.meta.conftest import TRIED
from tests.meta.expected import ADMIN, ADMIN_BY_SHAPE, ADMIN_PLAIN, COORDINATORS, Outcome, Records
from tests.meta.matrix import leaks
from tests.meta.records import PLACES, rows_at
from tests.meta.world import World, outcome_of, undone

ENTITLED = COORDINATORS | {"superuser"}
ROW_VERBS = ("change", "history", "delete")
LIST_VERBS = ("changelist", "add", "import", "process_import", "export")
KEEPS_ALL = {"county_coordinator", "superuser"}


def in_reach(records: Records, who: str, place: str) -> bool:
    """Whether the row is one of this coordinator's own partnership; the superuser keeps all."""
    if who == "superuser":
        return not records.own_partnership_alone
    if records.everywhere:
        return True
    return (who == "far_coordinator") == (place == "stranger")


def allowed(records: Records, who: str, flag: bool) -> bool:
    return flag and (not records.everywhere or who in KEEPS_ALL)


def expected_of(records: Records, who: str, mfa: bool, verb: str, place: str, method: str) -> Outcome:
    """The table of records, read for one case."""
    if not who:
        return Outcome.SIGN_IN
    if who not in ENTITLED:
        return Outcome.NO
    if not mfa:
        return Outcome.FACTOR
    if verb in LIST_VERBS:
        return of_list(records, who, verb, method)
    flag = {"change": records.change, "delete": records.delete}.get(verb, True)
    needs = verb == "delete" or (verb == "change" and method == "POST")
    if needs and not allowed(records, who, flag):
        return Outcome.NO
    return Outcome.OK if in_reach(records, who, place) else Outcome.MISSING


def of_list(records: Records, who: str, verb: str, method: str) -> Outcome:
    if verb == "add":
        kept = who != "superuser" or not records.own_partnership_alone
        return Outcome.OK if kept and allowed(records, who, records.add) else Outcome.NO
    if verb == "process_import" and method == "GET":
        return Outcome.METHOD
    if verb in ("import", "process_import"):
        return Outcome.OK if allowed(records, who, records.files) else Outcome.NO
    return Outcome.OK


def addresses(rows: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    """(record, verb, place, address)."""
    for model, records in ADMIN.items():
        for verb in LIST_VERBS:
            if verb in ("changelist", "add") or records.files:
                yield model, verb, "home", reverse(f"admin:{model}_{verb}")
        for verb in ROW_VERBS:
            for place in PLACES:
                yield model, verb, place, reverse(f"admin:{model}_{verb}", args=[rows[place][model].pk])


def try_desk(world: World, sessions: list[tuple[str, bool]], methods: tuple[str, ...], *, into: str) -> None:
    rows = {place: rows_at(world, place) for place in PLACES}
    faults = []
    for model, verb, place, address in addresses(rows):
        for who, mfa in sessions:
            for method in methods:
                TRIED[into] = TRIED.get(into, 0) + 1
                client = world.client(who, mfa=mfa)
                with undone():
                    data = {"post": "yes"} if verb == "delete" else {}
                    response = client.get(address) if method == "GET" else client.post(address, data)
                    text = b"".join(response).decode() if response.streaming else response.content.decode()
                case = f"{method} {model} {verb} of {place} by {who or 'signed out'}{'' if mfa else ' without factor'}"
                expected = expected_of(ADMIN[model], who, mfa, verb, place, method)
                if (got := outcome_of(response)) is not expected:
                    faults.append(
                        f"{case}: expected {expected.name}, got {got.name} ({response.status_code})"
                    )
                if found := leaks(world, who, text):
                    faults.append(f"{case}: tells of {', '.join(found)}")
    assert not faults, f"{len(faults)} of the cases:\n" + "\n".join(faults[:60])


def test_the_desk_for_those_who_may(world: World) -> None:
    try_desk(world, [("coordinator", True), ("superuser", True)], ("GET",), into="desk, short")


@pytest.mark.walls
def test_the_desk_for_each_of_those_who_may(world: World) -> None:
    try_desk(
        world, [(who, mfa) for who in sorted(ENTITLED) for mfa in (True, False)], ("GET", "POST"), into="desk"
    )


@pytest.mark.walls
def test_the_desk_is_closed_to_everybody_else(world: World) -> None:
    near = [
        each.name for each in world.people.values() if each.side in ("", "-") and each.name not in ENTITLED
    ]
    try_desk(world, [(who, True) for who in [*near, ""]], ("GET", "POST"), into="desk, others")


@pytest.mark.parametrize("name", sorted(ADMIN_PLAIN))
def test_the_desks_plain_pages(world: World, name: str) -> None:
    address = reverse(name)
    for who in ("coordinator", "superuser"):
        assert outcome_of(world.client(who).get(address)) is Outcome.OK
        assert outcome_of(world.client(who, mfa=False).get(address)) is Outcome.FACTOR
    assert outcome_of(world.client("head").get(address)) is Outcome.NO
    assert outcome_of(world.client("").get(address)) is Outcome.SIGN_IN


SHAPED: dict[str, list[object]] = {
    "admin:autocomplete": [],
    "admin:app_list": ["schools"],
    "admin:outbox_delivery_again": [uuid.UUID(int=1)],
    "admin:cpd_session_halfterm": [],
    "admin:cpd_session_messages": [uuid.UUID(int=1)],
    "admin:cpd_day_choices": [uuid.UUID(int=1)],
}


def test_pages_that_ask_for_a_thing_are_closed_to_everybody_else(world: World) -> None:
    assert set(SHAPED) == ADMIN_BY_SHAPE
    for name, args in SHAPED.items():
        address = reverse(name, args=args)
        for method in ("get", "post"):
            for person in world.people.values():
                client = world.client(person.name)
                with undone():
                    got = outcome_of(getattr(client, method)(address))
                assert (got is Outcome.NO) or person.name in ENTITLED, (name, method, person.name)
                assert got is not Outcome.FAULT, (name, method, person.name)
            assert outcome_of(getattr(world.client(""), method)(address)) is Outcome.SIGN_IN


@pytest.mark.parametrize(
    "path", ["/admin/nothing/here/", "/admin/schools/pupil/", "/admin/transitions/section/"]
)
def test_what_is_not_registered_does_not_exist(world: World, path: str) -> None:
    """Pupils and content have no page at the desk at all."""
    assert outcome_of(world.client("superuser").get(path)) is Outcome.MISSING
    assert outcome_of(world.client("head").get(path)) is Outcome.NO


@pytest.mark.parametrize("who", ["coordinator", "superuser"])
def test_autocomplete_offers_no_child(world: World, who: str) -> None:
    """Every foreign key of every model, asked through the desk's one search box."""
    client = world.client(who)
    for thing in world.things.values():
        for model in apps.get_models():
            for field in model._meta.fields:
                if not field.is_relation or field.related_model is None:
                    continue
                asked = {
                    "app_label": model._meta.app_label, "model_name": str(model._meta.model_name),
                    "field_name": field.name, "term": thing.surname[:4],
                }  # fmt: skip
                with undone():
                    response = client.get(reverse("admin:autocomplete"), asked)
                assert response.status_code in (200, 403)
                assert thing.surname not in response.content.decode(), f"{model.__name__}.{field.name}"

"""One case of the matrix: ask, and say what was expected by the table and what must not be in the answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from partnership.access.rls import APP
from tests.meta.expected import NAMES, PAGES, READERS, Outcome, Page
from tests.meta.world import Person, Thing, World, outcome_of, undone
from transitions.models import Section

REASON = "Written by the matrix."


@dataclass(frozen=True, slots=True)
class Case:
    """An address, a person ('' for nobody signed in), a session, a row ('' for pages without one) and a method."""

    url: str
    person: str
    mfa: bool
    thing: str
    method: str

    def __str__(self) -> str:
        who = self.person or "signed out"
        return (
            f"{self.method} {self.url} of {self.thing or '-'} by {who}{'' if self.mfa else ' without factor'}"
        )


def expected_of(page: Page, case: Case, world: World) -> Outcome:
    """The hand-written table, read for one case. Order: signed in, door, second factor, method, row, act."""
    if not case.person:
        return Outcome.SIGN_IN
    person = world.people[case.person]
    if person.role not in page.opens:
        return Outcome.NO
    if page.factor and not case.mfa:
        return Outcome.FACTOR
    if case.method not in page.methods.split():
        return Outcome.METHOD
    if page.present is None:
        return Outcome.OK
    if page.kind in ("session", "booking", "day", "talk", "entry", "entered"):
        return of_offer(page, person, world.things[case.thing], mfa=case.mfa)
    return of_row(page, person, world.things[case.thing])


def of_offer(page: Page, person: Person, thing: Thing, *, mfa: bool) -> Outcome:
    """A session is there for all staff of the partnership that offers it, a booking for those of its school; a
    coordinator keeps either, behind the second factor."""
    if person.side == "-":
        kept = mfa and person.name in thing.cluster and person.role in page.cluster
        return Outcome.OK if kept else Outcome.MISSING
    here = (
        person.side == thing.present
        if page.kind in ("booking", "entered")
        else person.far == (thing.name == "stranger")
    )
    return Outcome.OK if here and person.role in (page.present or ()) else Outcome.MISSING


def of_row(page: Page, person: Person, thing: Thing) -> Outcome:
    where = thing.stands(person)
    if page.kind not in ("move", "conversation", "class") and where == "next":
        where = ""
    if person.role == "class_teacher" and person.name not in thing.taught_by:
        where = ""
    may = {"present": page.present or frozenset(), "next": page.next, "cluster": page.cluster}.get(
        where, frozenset()
    )
    sees = page.sees if where in ("present", "next") else frozenset()
    if page.unshared is not None and not thing.shared and person.role in (may | sees):
        return page.unshared
    if person.role in may:
        return Outcome.OK
    return page.others if person.role in sees else Outcome.MISSING


def address(case: Case, world: World) -> str | None:
    """The address of a case, or None where the thing has no such row."""
    page = PAGES[case.url]
    if not case.thing:
        return reverse(case.url)
    key = world.things[case.thing].key(page.kind)
    if key is None:
        return None
    more: dict[str, list[object]] = {
        "transitions:write": ["strengths"],
        "transitions:withhold": ["strengths"],
        "transitions:let_go": ["strengths"],
        "imports:decide": [1],
        "cpd:feedback": ["day"],
    }
    return reverse(case.url, args=[key, *more.get(case.url, [])])


def data_for(case: Case, world: World) -> dict[str, object]:
    """What a form would send, so that the act itself is reached."""
    fixed: dict[str, dict[str, object]] = {
        "transitions:own_conversation": {"own": "on"},
        "transitions:share": {"reason": REASON},
        "transitions:withdraw": {"reason": REASON},
        "transitions:withhold": {"reason": REASON},
        "transitions:read": {"version": "1"},
        "transitions:settle": {"note": REASON},
        "transitions:class_note": {"version": 0, "friends": REASON},
        "schools:end_post": {"when": "now"},
        "schools:invite": {"email": "wanda.new@school.example"},
    }
    if case.url == "transitions:write" and case.thing:
        section = Section.objects.get(handover=world.things[case.thing].road.handover, kind="strengths")
        return {"version": section.version, "text": REASON}
    if case.url in ("transitions:leaving_export", "transitions:joining_export"):
        return {"key": str(uuid.uuid4()), "format": "csv"}
    return fixed.get(case.url, {})


def ask(case: Case, world: World) -> Any:
    """The answer, with whatever it wrote undone."""
    where = address(case, world)
    if where is None:
        return None
    client = world.client(case.person, mfa=case.mfa)
    with undone():
        if case.method == "GET":
            return client.get(where)
        return client.post(where, data_for(case, world))


def leaks(world: World, name: str, text: str) -> list[str]:
    """Which children's names and words stand in a text this person may not know, by the table's own words."""
    person = world.people.get(name)
    found = []
    for thing in world.things.values():
        found += [mark for mark in forbidden(thing, person) if mark in text]
    return found


def forbidden(thing: Thing, person: Person | None) -> Iterator[str]:
    where = thing.stands(person) if person else ""
    role = person.role if person else ""
    if role == "class_teacher" and person is not None and person.name not in thing.taught_by:
        where = ""
    if where not in ("present", "next") or role not in NAMES:
        yield thing.surname
    reads = role in READERS
    if where != "present" or not reads:
        yield thing.working
    if not reads or where not in ("present", "next") or (where == "next" and not thing.shared):
        yield thing.sent
        yield thing.note


def fault_of(case: Case, world: World) -> str:
    """'' when the answer is as the table says and nothing is in it that must not be."""
    response = ask(case, world)
    if response is None:
        return ""
    expected, got = expected_of(PAGES[case.url], case, world), outcome_of(response)
    faults = []
    if got is not expected:
        faults.append(f"expected {expected.name}, got {got.name} ({response.status_code})")
    if response.headers.get("X-Database-Role", APP) != APP:
        faults.append(f"ran as {response.headers['X-Database-Role']}")
    if found := leaks(world, case.person if case.mfa else "", response.content.decode(errors="replace")):
        faults.append(f"tells of {', '.join(found)}")
    return f"{case}: {'; '.join(faults)}" if faults else ""

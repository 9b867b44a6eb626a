"""Every address × every role × own, neighbour's and stranger's row × GET and POST (walls §7)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.meta.conftest import TRIED
from tests.meta.expected import (
    ADMIN,
    ADMIN_BY_SHAPE,
    ADMIN_DOOR,
    ADMIN_PLAIN,
    BY_KIND,
    DOOR,
    OWN_ONLY,
    PAGES,
    PUBLIC,
    SIGN_IN_KINDS,
)
from tests.meta.matrix import Case, fault_of
from tests.meta.routes import routes
from tests.meta.world import World

ADMIN_VERBS = ("changelist", "add", "change", "history", "delete", "import", "process_import", "export")
ADMIN_NAMES = {f"admin:{model}_{verb}" for model in ADMIN for verb in ADMIN_VERBS}
THINGS = ("home", "draft", "neighbour", "stranger")


def try_all(cases: Iterable[Case], world: World, *, into: str) -> None:
    """Try each case and fail with all that went wrong."""
    faults = []
    for case in cases:
        TRIED[into] = TRIED.get(into, 0) + 1
        if fault := fault_of(case, world):
            faults.append(fault)
    assert not faults, f"{len(faults)} of the cases:\n" + "\n".join(faults[:60])


def test_every_address_has_an_expectation() -> None:
    known = {
        *PAGES,
        *PUBLIC,
        *BY_KIND,
        *SIGN_IN_KINDS,
        *OWN_ONLY,
        *DOOR,
        *ADMIN_NAMES,
        *ADMIN_PLAIN,
        *ADMIN_DOOR,
        *ADMIN_BY_SHAPE,
    }
    found = {
        name or f"unnamed {route}" for name, route, _ in routes() if name or not route.startswith("admin/")
    }
    assert sorted(found - known) == [], "write in tests/meta/expected.py who may open these"


def test_no_expectation_is_left_behind() -> None:
    found = {name for name, _, _ in routes()}
    gone = {
        *PAGES,
        *PUBLIC,
        *BY_KIND,
        *SIGN_IN_KINDS,
        *OWN_ONLY,
        *DOOR,
        *ADMIN_PLAIN,
        *ADMIN_DOOR,
        *ADMIN_BY_SHAPE,
    } - found
    assert sorted(gone) == []
    models = {
        name.removeprefix("admin:").removesuffix("_changelist")
        for name in found
        if name.endswith("_changelist")
    }
    assert models == set(ADMIN)


def short_cases(world: World) -> Iterable[Case]:
    """Each address × each role once: at home, by the method it is for."""
    at_home = [each.name for each in world.people.values() if each.side in ("", "-")]
    for url, page in PAGES.items():
        method = page.methods.split()[-1]
        thing = "home" if page.present is not None or page.kind == "school" else ""
        for name in [*at_home, ""]:
            yield Case(url, name, True, thing, method)
        yield Case(url, "senco", False, thing, method)


def test_each_address_for_each_role(world: World) -> None:
    try_all(short_cases(world), world, into="matrix, short")


def whole_cases(world: World, url: str) -> Iterable[Case]:
    """Everybody × every row × GET and POST. A wrong method, and a missing second factor, are refused before any row is
    looked for: these are asked of one row."""
    page = PAGES[url]
    things = THINGS if page.present is not None or page.kind == "school" else ("",)
    for name in ["", *world.people]:
        for method in ("GET", "POST"):
            for thing in things if method in page.methods.split() else things[:1]:
                yield Case(url, name, True, thing, method)
    for each in world.people.values():
        if each.side in ("", "-"):
            for method in ("GET", "POST"):
                yield Case(url, each.name, False, things[0], method)


@pytest.mark.walls
@pytest.mark.parametrize("url", PAGES)
def test_the_whole_product(world: World, url: str) -> None:
    try_all(whole_cases(world, url), world, into="matrix, whole")

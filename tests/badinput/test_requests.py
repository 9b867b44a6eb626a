"""Anything at all, sent to every address, form and filter: never a fault, nothing let loose, nothing half-saved."""

from __future__ import annotations

import pytest

from tests.badinput.cases import address_cases, address_fault, form_cases, form_fault
from tests.badinput.conftest import try_cases
from tests.badinput.scene import Scene
from tests.meta.world import World


def try_requests(world: World, *, addresses: int, forms: int) -> None:
    scene = Scene(world)
    told = try_cases(
        address_cases(scene),
        lambda case: address_fault(scene, case),
        number=addresses,
        into="bad input, addresses",
    )
    told += try_cases(
        form_cases(scene), lambda case: form_fault(scene, case), number=forms, into="bad input, forms"
    )
    assert not told, f"{len(told)} kinds of fault:\n" + "\n\n".join(told[:60])


def test_every_address_and_every_form(world: World) -> None:
    try_requests(world, addresses=150, forms=200)


@pytest.mark.walls
@pytest.mark.timeout(7200)
def test_every_address_and_every_form_at_length(world: World) -> None:
    try_requests(world, addresses=2_500, forms=3_500)

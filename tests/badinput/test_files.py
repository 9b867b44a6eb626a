"""Any bytes at all, given to every importer: read or refused with a sentence, never broken, never half in."""

from __future__ import annotations

import pytest

from tests.badinput.conftest import try_cases
from tests.badinput.files import file_cases, reader_fault
from tests.badinput.scene import Scene
from tests.badinput.uploads import upload_fault
from tests.meta.world import World


def try_files(world: World, *, read: int, uploaded: int) -> None:
    scene = Scene(world, pages=False)
    cases = file_cases([world.cast.junior, world.cast.secondary])
    told = try_cases(cases, reader_fault, number=read, into="bad input, files read")
    told += try_cases(
        cases, lambda case: upload_fault(scene, case), number=uploaded, into="bad input, files brought in"
    )
    assert not told, f"{len(told)} kinds of fault:\n" + "\n\n".join(told[:60])


def test_every_importer(world: World) -> None:
    try_files(world, read=600, uploaded=50)


@pytest.mark.walls
@pytest.mark.timeout(7200)
def test_every_importer_at_length(world: World) -> None:
    try_files(world, read=12_500, uploaded=1_500)

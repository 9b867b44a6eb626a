"""Children from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from schools.models import Import, Pupil
from tests.cast import Cast, Road
from tests.schools.imports.test_commands import run
from tests.transitions.imports.helpers import child, ctf, upn
from tests.transitions.imports.test_lists import OFFERS, PUPILS, lines
from transitions.models import Transition

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def test_a_ctf_for_its_sender_and_for_its_receiver(cast: Cast, path: Path) -> None:
    path.write_bytes(ctf(cast.junior, cast.secondary, child(), child(2, year_group="3")))
    code, told = run("import_ctf", path)
    assert (code, told["outcome"], told["new"]) == (0, "ready", 1)
    assert not Pupil.objects.exists()
    assert not Import.objects.exists()
    run("import_ctf", path, "--apply", "--school", str(cast.secondary.urn))
    assert Transition.objects.get().destination_state == "offered"
    run("import_ctf", path, "--apply", "--accepted")
    assert Transition.objects.get().destination_state == "accepted"


def test_a_child_twice_with_different_facts_stands_among_the_refused(cast: Cast, path: Path) -> None:
    path.write_bytes(ctf(cast.junior, None, child(), child(1, surname="Reed")))
    _code, told = run("import_ctf", path)
    assert [each["line"] for each in told["refused"]] == [1, 2]


def test_pupils_need_a_school(cast: Cast, path: Path) -> None:
    path.write_bytes(lines(PUPILS, f"{upn(1)},Marsh,Ada,,14/03/2016,6,,,,Nowhere School"))
    with pytest.raises(CommandError):
        call_command("import_pupils", str(path))
    code, told = run("import_pupils", path, "--school", str(cast.junior.urn), "--apply")
    assert (code, told["outcome"], told["new"]) == (0, "applied", 1)
    assert any("not on the list" in each for each in told["warnings"])
    assert not Transition.objects.get().has_destination


def test_offers_change_a_destination_as_the_person_named(cast: Cast, shared_road: Road, path: Path) -> None:
    Pupil.objects.filter(pk=shared_road.pupil.pk).update(upn=upn(1))
    path.write_bytes(lines(OFFERS, f"{upn(1)},,,,,Northfield School,named,"))
    assert cast.senco.email
    code, told = run(
        "import_offers", path, "--apply", "--as", cast.senco.email, "--school", str(cast.junior.urn)
    )
    assert (code, told["changed"]) == (0, 1)
    shared_road.move.refresh_from_db()
    assert shared_road.move.destination_state == "named"
    assert Transition.objects.get().destination_changes.get().by == cast.senco

"""A file from the office's computer to the leaving list, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from partnership.outbox.work import work
from schools.models import Pupil
from tests.cast import Cast
from tests.factories.schools import PupilFactory
from tests.journeys.conftest import Visitor
from tests.transitions.imports.helpers import child, ctf, upn
from tests.transitions.imports.test_lists import PUPILS, lines

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Wilhelmina-Constantia Bartholomea Featherstonehaugh-Cholmondeley"


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> Path:
    """One new child with a long name, one changed, one twice with different facts."""
    PupilFactory(school=cast.junior, forename="Ada", surname="Reed", upn=upn(1))
    path = tmp_path / f"{cast.junior.la_code}{cast.junior.establishment_number}_CTF_XXXXXXX_001.xml"
    children = [
        child(1),
        child(2, surname=LONG),
        child(3),
        child(3, surname="Other"),
        child(4, year_group="2"),
    ]
    path.write_bytes(ctf(cast.junior, cast.secondary, *children))
    return path


@pytest.mark.parametrize("scripts", [True, False])
def test_from_upload_to_result(visit: Callable[..., Visitor], cast: Cast, file: Path, scripts: bool) -> None:
    visitor = visit(scripts=scripts).signed_in(cast.school_office)

    def clean(name: str) -> None:
        if scripts:
            assert visitor.axe() == [], name
            visitor.screens(name)

    page = visitor.goto("/imports/")
    clean("files-empty")
    page.locator("a[href='/imports/new/ctf/']").click()
    clean("files-upload")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Upload and look").click()
    page.get_by_role("heading", name="Reading").wait_for()
    clean("files-progress")
    work()
    if not scripts:
        page.get_by_role("link", name="Look again").click()
    page.get_by_role("heading", name="Look before you apply").wait_for(timeout=15_000)
    clean("files-undecided")
    other = page.locator("form", has_text="Adac Other")
    other.get_by_label("Use this line").check()
    other.get_by_role("button", name="Decide").click()
    page.get_by_role("link", name="changed").click()
    expect(page.locator("del").first).to_be_visible()
    clean("files-changed")
    page.get_by_role("button", name="Apply 3 rows").click()
    clean("files-apply")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("main")).to_contain_text("Applied on")
    clean("files-result")
    assert Pupil.objects.filter(surname="Other").exists()
    visitor.goto("/imports/")
    clean("files-list")


def test_refused_rows_and_a_refused_file(visit: Callable[..., Visitor], cast: Cast, tmp_path: Path) -> None:
    visitor = visit(width="phone").signed_in(cast.school_office)
    path = tmp_path / "pupils.csv"
    path.write_bytes(
        lines(PUPILS, "8.99E+11,Marsh,Ada,,14/03/2016,6,,,,", f"{upn(2)},{LONG},Ben,,2016-13-01,6,,,,")
    )
    for content, name in ((path.read_bytes(), "files-refused-rows"), (b"<html></html>", "files-refused")):
        path.write_bytes(content)
        page = visitor.goto("/imports/new/pupils/")
        page.get_by_role("button", name="Upload and look").click()
        expect(page.get_by_role("link", name="Choose the file on your computer.")).to_be_visible()
        page.get_by_label("File", exact=True).set_input_files(path)
        page.get_by_role("button", name="Upload and look").click()
        work()
        page.get_by_role("heading", name="Reading").wait_for(state="detached", timeout=15_000)
        assert visitor.axe() == [], name
        visitor.screens(name)

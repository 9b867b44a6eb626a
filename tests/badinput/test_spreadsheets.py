"""Every spreadsheet the product writes is safe to open: found by walking the addresses and the code, fed with formulas."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model
from pytest_django import Settings

from cpd.models import PassportEntry
from partnership.accounts.models import User
from partnership.lib.csvsafe import FORMULA_STARTS
from schools.models import BankHoliday, Closure, Duty, HalfTerm, ImportRow, Organisation, Pupil
from tests.badinput.scene import Scene
from tests.meta.world import World, undone
from tests.transitions.exports.helpers import rows_of_csv, rows_of_xlsx, taken

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("partnership", "schools", "transitions", "cpd", "taskgroups")
WRITERS = {"writer", "DictWriter", "Workbook", "Dataset"}
KNOWN = {
    "partnership/lib/csvsafe.py": "the writer of CSV, which neutralises",
    "partnership/lib/xlsxsafe.py": "the writer of Excel files, which asks the other for each cell",
    "partnership/home/world/build.py": "the demo's own files, for our importers to read",
    "partnership/home/world/children.py": "the demo's own files, for our importers to read",
    "partnership/home/world/people.py": "the demo's own files, for our importers to read",
    "partnership/home/world/places.py": "the demo's own files, for our importers to read",
}
"""Who may write a spreadsheet, and why."""
SHEETS = ("text/csv", "spreadsheet", "ms-excel")
LEADS = ("=", "+", "-", "@", "\t", "\r")
WORDS: dict[type[Model], tuple[str, ...]] = {
    Organisation: ("name", "phase", "street", "locality", "town", "postcode", "telephone", "mailbox", "website"),
    Pupil: ("forename", "surname", "known_as"),
    Closure: ("reason",),
    HalfTerm: ("source",),
    BankHoliday: ("title",),
    Duty: ("title", "source"),
    PassportEntry: ("title", "provider"),
    User: ("name",),
}  # fmt: skip


OF_WORDS = {"/cpd/figures.csv": "?table=never"}
"""Which of several tables holds words of somebody's; the others count."""


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", ""))


def test_nobody_else_writes_a_spreadsheet() -> None:
    """A new writer goes through `csvsafe`, or is named here with its reason."""
    files = [path for app in PRODUCT for path in (ROOT / app).rglob("*.py")]
    found = {str(path.relative_to(ROOT)) for path in files if WRITERS & set(calls(path))}
    assert found == set(KNOWN)


def sheet(response: Any) -> str | None:
    """The text of an answer that a spreadsheet opens, else None."""
    if response.status_code != 200 or not any(kind in response.headers["Content-Type"] for kind in SHEETS):
        return None
    return response.content.decode("utf-8-sig")


def poison(lead: str) -> None:
    """Every word that people or files can write begins like a formula."""
    for model, names in WORDS.items():
        for row in model._default_manager.all():
            words = {}
            for name in names:
                longest = model._meta.get_field(name).max_length or 200
                words[name] = f"{lead}1+cmd {row.pk}"[:longest]
            model._default_manager.filter(pk=row.pk).update(**words)
    problem = {"line": 2, "column": f"{lead}1+cmd", "value": f"{lead}1+cmd", "reason": f"{lead}1+cmd"}
    ImportRow.objects.update(problems=[problem])


def test_every_download_is_neutralised(world: World) -> None:
    scene = Scene(world, pages=False)
    PassportEntry.objects.create(
        person=world.people["next_senco"].user, title="Makaton", on=date(2026, 3, 27), hours=6
    )
    found: dict[str, tuple[str, str]] = {}  # each is asked for by the next school too: boards differ by side
    for person, place in scene.places():
        with scene.person(person) as client:
            if sheet(client.get(place)) is not None:
                found[place] = (person, place)
    assert len(found) >= 6, sorted(found)
    fed = set[str]()
    for lead in LEADS:
        with undone():
            poison(lead)
            for person, place in [*found.values(), *(("next_senco", place) for place in found)]:
                with scene.person(person) as client:
                    text = sheet(client.get(place + OF_WORDS.get(place, ""))) or ""
                cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
                wild = [cell for cell in cells if cell.lstrip().startswith(FORMULA_STARTS)]
                assert not wild, (place, wild[:3])
                fed |= {place} if any(cell.startswith(f"'{lead}1+cmd") for cell in cells) else set()
    empty = {place for place in found if place.endswith("template.csv")}
    assert fed == set(found) - empty, "every one of them must have been given something to neutralise"


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize(("who", "board"), [("senco", "leaving"), ("next_senco", "joining")])
def test_every_board_that_leaves_as_a_file_is_neutralised(
    world: World, settings: Settings, who: str, board: str, format: str
) -> None:
    settings.EXPORTS_AN_HOUR = 100
    client = world.client(who)
    for lead in LEADS:
        with undone():
            poison(lead)
            answer = taken(client, board=board, format=format)
            rows = (rows_of_csv if format == "csv" else rows_of_xlsx)(answer.content)
        cells = [cell for row in rows for cell in row]
        kept = "\n" if lead == "\r" and format == "xlsx" else lead  # as XML has line ends
        assert [cell for cell in cells if cell.startswith(f"'{kept}1+cmd")], (
            "it was given something to neutralise"
        )
        assert not [cell for cell in cells if cell.lstrip().startswith(FORMULA_STARTS)]


@pytest.mark.parametrize("lead", LEADS)
def test_the_control(lead: str) -> None:
    """What the test looks for is seen where a plain writer wrote it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow([f"{lead}1+cmd"])
    cells = next(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert cells[0].lstrip(" ").startswith(FORMULA_STARTS)

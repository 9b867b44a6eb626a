"""A board from the button to the file on one's own computer, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from partnership.outbox.work import work
from tests.cast import Cast, make_road
from tests.journeys.conftest import Visitor
from tests.transitions.exports.helpers import rows_of_csv, rows_of_xlsx
from transitions.models import Export

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_board_to_the_file(
    visit: Callable[..., Visitor], cast: Cast, monkeypatch: pytest.MonkeyPatch, scripts: bool
) -> None:
    for n, sen in enumerate("KEN"):
        make_road(cast.junior, cast.secondary, forename=f"Child{n}", surname="Marsh", sen=sen)
    visitor = visit(scripts=scripts).signed_in(cast.senco)

    def clean(name: str) -> None:
        if scripts:
            assert visitor.axe() == [], name
            visitor.screens(name)

    page = visitor.goto("/leaving/?sen=K")
    page.get_by_role("link", name="Export as a spreadsheet").click()
    expect(page.locator("main")).to_contain_text("1 child, as you have narrowed the list")
    clean("export-ask")
    page.get_by_role("button", name="Make an Excel file").click()
    page.get_by_text("Making the file").first.wait_for()
    clean("export-making")
    work()
    if not scripts:
        page.get_by_role("link", name="Look again").click()
    button = page.get_by_role("button", name="Download the file")
    button.wait_for(timeout=15_000)
    clean("export-ready")
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    rows = rows_of_xlsx(Path(download.value.path()).read_bytes())
    assert [row[1] for row in rows[1:]] == ["Child0 Marsh"]
    page.reload()
    assert "You have downloaded this file, and it is deleted here" in (
        page.locator("main").text_content() or ""
    )
    clean("export-fetched")
    page.get_by_role("button", name="Make it again").click()
    clean("export-ask-again")
    page.get_by_role("button", name="Make a CSV file").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("main")).to_contain_text("nothing of it is kept")
    clean("export-cancelled")
    monkeypatch.setattr(settings, "EXPORTS_AN_HOUR", Export.objects.count())
    visitor.goto("/leaving/export/")
    expect(page.locator("main")).to_contain_text("You can ask for the next one at")
    clean("export-too-many")


def test_nobody_to_export_and_a_small_screen(visit: Callable[..., Visitor], cast: Cast) -> None:
    visitor = visit(width="phone").signed_in(cast.next_senco)
    visitor.goto("/joining/export/")
    assert visitor.axe() == []
    visitor.screens("export-nobody")
    make_road(cast.junior, cast.secondary, forename="Robin", surname="Marsh")
    page = visitor.goto("/joining/export/")
    page.get_by_role("button", name="Make a CSV file").click()
    page.get_by_text("Making the file").first.wait_for()
    work()
    button = page.get_by_role("button", name="Download the file")
    button.wait_for(timeout=15_000)
    with page.expect_download() as download:
        button.click()
    assert len(rows_of_csv(Path(download.value.path()).read_bytes())) == 2

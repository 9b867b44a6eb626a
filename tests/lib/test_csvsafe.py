import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership.lib.csvsafe import FORMULA_STARTS, CsvFile, csv_response, safe_row


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_formula_characters_are_neutralised(start: str) -> None:
    assert safe_row([f"{start}HYPERLINK(1)"]) == [f"'{start}HYPERLINK(1)"]


def test_a_formula_behind_spaces_is_neutralised() -> None:
    assert safe_row(["  =1+1"]) == ["'  =1+1"]


def test_values_that_are_not_text_keep_their_meaning() -> None:
    row = [None, True, False, -3, Decimal("-1.5"), date(2026, 11, 20)]
    assert safe_row(row) == ["", "yes", "no", "-3", "-1.5", "2026-11-20"]


@given(st.lists(st.text(), min_size=1))
def test_no_cell_starts_a_formula(values: list[str]) -> None:
    assert not any(cell.lstrip().startswith(FORMULA_STARTS) for cell in safe_row(values))


def test_the_file_reads_back() -> None:
    file = CsvFile(["Name", "Note"])
    file.add([["Ann", 'says "hi", and\nmore']])
    file.add([["=cmd", None]])
    text = file.content().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["Name", "Note"],
        ["Ann", 'says "hi", and\nmore'],
        ["'=cmd", ""],
    ]


def test_the_download() -> None:
    response = csv_response('Leaving "2026".csv\r\nX: 1', ["A"], [["é"]])
    assert response["Content-Disposition"] == 'attachment; filename="Leaving-2026-.csv-X-1"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert response.content.decode("utf-8-sig") == "A\r\né\r\n"

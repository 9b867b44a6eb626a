"""Tables as schools save them, and what is no table at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schools.formats.columns import Column, match, template
from schools.formats.errors import FileRefused, Notes, Parsed, Problem
from schools.formats.table import Limits, read_table

COLUMNS = (
    Column("name", "Legal name", ("Name", "Full name"), required=True),
    Column("born_on", "Date of birth", ("DOB",)),
)


def cells(data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(data)]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("a,b\r\nZoë,2\r\n".encode("utf-8-sig"), "utf-8-sig"),
        ("a,b\r\nZoë,2".encode(), "utf-8"),
        ("a;b\nZoë;2\n".encode("cp1252"), "cp1252"),
        ("a\tb\rZoë\t2\r".encode("cp1252"), "cp1252"),
        ("sep=;\r\na;b\r\nZoë;2\r\n".encode(), "utf-8"),
        (b"\r\n;;\r\na;b\r\nZo\xeb;2\r\n;\r\n", "cp1252"),
    ],
)
def test_reads_encodings_delimiters_and_line_ends(data: bytes, encoding: str) -> None:
    table = read_table(data)
    assert (table.encoding, table.header) == (encoding, ("a", "b"))
    assert [row.cells for row in table] == [("Zoë", "2")]


def test_lines_are_counted_as_an_editor_does() -> None:
    table = read_table(b'sep=,\na,b\n\n1,"two\nlines"\n\n3,4\n5\n')
    assert [(row.line, len(row.cells)) for row in table] == [(4, 2), (7, 2), (8, 1)]


def test_a_comma_in_a_quoted_heading_decides_nothing() -> None:
    assert read_table(b'"a,b,c";d\n1;2\n').header == ("a,b,c", "d")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04....[Content_Types].xml", "Excel workbook"),
        (b"PK\x03\x04....inside.csv", "zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        ("a,b".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"  <!DOCTYPE html><html>", "web page"),
        (b"<!-- x --><html lang=en>", "web page"),
        (b"<?xml version='1.0'?><CTfile/>", "XML"),
        (b"a,b\n1,\x00\n", "zero bytes"),
        (b"a,b\n\x81,2\n", "neither UTF-8 nor Windows-1252"),
        (b"\xef\xbb\xbfa,b\n\xe9,2\n", "says it is UTF-8"),
        (b'a,b\n1,2\n3,"open\n5,6\n', "line 3"),
        (b'a,b\n1,"' + b"x" * 6000 + b'"\n', "line 2"),
        (b"a,b\n" + b"x" * 300_000, "far too long"),
        (b",".join([b"h"] * 301) + b"\n1\n", "301 columns"),
    ],
)
def test_what_is_no_table_is_refused_with_its_own_sentence(data: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said) as refused:
        list(read_table(data))
    assert refused.value.reason.endswith(".")


def test_size_and_rows_are_bounded() -> None:
    with pytest.raises(FileRefused, match="larger than 0 MB"):
        read_table(b"a,b\n1,2\n", Limits(size=4))
    with pytest.raises(FileRefused, match="more than 2 rows"):
        list(read_table(b"a\n1\n2\n3\n", Limits(rows=2)))


def test_the_stream_of_the_caller_stays_open() -> None:
    stream = io.BytesIO(b"a,b\n1,2\n")
    assert len(list(read_table(stream))) == 1
    assert not stream.closed


def test_headings_match_by_name_whatever_their_case_order_or_spaces() -> None:
    headings = match(read_table(b"dob,shoe size,FULL_NAME\n"), COLUMNS, called="list")
    row = next(iter(read_table(b"h\n 1/2/2015 ,9\n")))
    assert headings.value(row, "born_on") == "1/2/2015"
    assert headings.value(row, "name") is None
    assert headings.text(row, "name") == ""
    assert headings.unused == ("shoe size",)
    assert headings.heading("name") == "FULL_NAME"


def test_the_more_exact_of_two_headings_is_read() -> None:
    headings = match(read_table(b"Name,Legal name\n"), COLUMNS, called="list")
    assert headings.heading("name") == "Legal name"
    assert headings.unused == ("Name",)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"dob\n", "“Legal name” is missing"),
        (b"name,Name\n", "stands twice"),
        (b"x,y\n", "none of the headings"),
    ],
)
def test_wrong_headings_are_told(header: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        match(read_table(header), COLUMNS, called="list")


def test_a_template_is_its_headings_alone() -> None:
    assert template(COLUMNS) == "Legal name,Date of birth\r\n"


def test_a_cell_wrapped_to_survive_a_spreadsheet_is_unwrapped() -> None:
    headings = match(read_table(b"name\n"), COLUMNS, called="list")
    row = next(iter(read_table(b'h\n"=""0012"""\n')))
    assert headings.value(row, "name") == "0012"


def test_notes_count_and_values_are_cut() -> None:
    notes = Notes()
    for line in (12, 14, 15):
        notes.add("A number was repaired", line)
    notes.add("The file is odd")
    notes.add("One thing", 3)
    assert notes.sentences() == [
        "A number was repaired (3 rows, first in line 12).",
        "The file is odd.",
        "One thing (line 3).",
    ]
    assert len(Problem(1, "a", "x" * 500, "why").value) == 80
    assert not Parsed(1, None).ok
    assert not Parsed(1, "record", (Problem(1, "a", "", "why"),)).ok
    assert Parsed(1, "record").ok


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_any_bytes_are_rows_or_a_refusal(data: bytes) -> None:
    try:
        assert all(any(cell.strip() for cell in row.cells) for row in read_table(data))
    except FileRefused as refused:
        assert refused.reason.endswith(".")  # noqa: PT017


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12),
            min_size=2,
            max_size=4,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]]) -> None:
    import csv

    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["first", "second", "third", "fourth"])
    writer.writerows(rows)
    read = [list(row.cells) for row in read_table(out.getvalue().encode("utf-8-sig"))]
    assert read == [row for row in rows if any(cell.strip() for cell in row)]


def test_far_more_lines_than_rows_are_refused_before_they_are_read() -> None:
    with pytest.raises(FileRefused, match="more than 10 rows"):
        read_table(b"a,b\n" + b"\n" * 41, Limits(rows=10))
    assert len(list(read_table(b"a,b\n" + b"\n" * 30 + b"1,2\n", Limits(rows=10)))) == 1

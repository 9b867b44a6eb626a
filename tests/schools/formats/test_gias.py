"""Schools, links and trust membership from GIAS: the real files, and small ones of our own making."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schools.formats.errors import FileRefused
from schools.formats.gias import SchoolFile, read_schools
from schools.formats.gias_files import gias_kind
from schools.formats.gias_links import read_group_links, read_links
from schools.formats.gias_record import SchoolRecord
from tests.shared_data import shared

HEADER = (
    "URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (name)",
    "EstablishmentStatus (name)", "PhaseOfEducation (name)", "StatutoryLowAge", "StatutoryHighAge", "OpenDate",
    "SchoolWebsite", "TelephoneNum", "HeadFirstName", "HeadLastName",
)  # fmt: skip
INFANT = ("900001", "899", "Wendlebury", "0012", "Mill Infant School", "Community school", "Open", "Primary", "4",
          "7", "01-01-1900", "www.mill.example.uk", "1234567890", "Canary", "Headteacher")  # fmt: skip


def made(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER, encoding: str = "cp1252") -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([header, *rows])
    return out.getvalue().encode(encoding)


def changed(**cells: str) -> tuple[str, ...]:
    values = dict(zip(HEADER, INFANT, strict=True))
    return tuple({**values, **{key: value for key, value in cells.items() if key in values}}.values())


def records(source: bytes) -> list[SchoolRecord]:
    found = list(read_schools(source))
    assert all(item.ok for item in found)
    return [item.record for item in found if item.record]


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "columns", "rows"),
    [
        ("edubasealldata_140col_sample.csv", "extract", 8),
        ("gias_search_download_111col_936_surrey_sample.csv", "search download", 44),
        ("edubaseallstatefunded_334_solihull.csv", "state-funded list", 29),
        ("edubaseallstatefunded_935_suffolk.csv", "state-funded list", 24),
    ],
)
def test_the_three_real_column_sets(name: str, columns: str, rows: int) -> None:
    file = read_schools(shared(f"gias/{name}"))
    found = list(file)
    assert (file.columns, len(found), file.rows) == (columns, rows, rows)
    assert all(item.ok for item in found)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gias/edubaseallchildrencentre_334_solihull.csv", "children's centres file"),
        ("gias/edubaseallchildrencentre_935_suffolk.csv", "children's centres file"),
        ("gias/edubase_july2017_334_solihull_with_bng.csv", "2017 or older"),
        ("gias/edubase_july2017_935_suffolk_with_bng.csv", "2017 or older"),
        ("gias/establishment_types_20250422.csv", "no URN column"),
        (
            "gias/links_edubasealldata_334_solihull_20250422.csv",
            "links between schools: upload it under links",
        ),
        ("gias/grouplinks_sample.csv", "upload it under group links"),
        ("gias/edubasealldata_header.txt", "not the other headings"),
        ("census/2022-2023_england_census_334_solihull.csv", "not the other headings"),
        ("ks2/england_ks2final_2018-2019_936_sample.csv", "318 columns"),
        ("ctf/3342019_CTF_3344015_001.xml", "XML"),
    ],
)
def test_other_real_files_are_refused_with_the_reason(name: str, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        list(read_schools(shared(name)))


def test_solihull_by_stage() -> None:
    found = {record.urn: record for record in records(shared("gias/edubaseallstatefunded_334_solihull.csv"))}
    assert (found[104039].stage, found[104039].phase) == ("infant", "Primary")
    assert {record.stage for record in found.values()} == {
        "infant", "junior", "primary", "secondary", "special", "alternative",
    }  # fmt: skip
    assert found[104038].stage == "alternative"
    assert "easting" not in found[104039].present
    assert "trust_name" not in found[104039].present
    assert {"stage", "type_group", "status"} <= found[104039].present


def test_the_extract_brings_place_and_trust() -> None:
    found = {record.urn: record for record in records(shared("gias/edubasealldata_140col_sample.csv"))}
    academy = found[137666]
    assert (academy.trust_name, academy.trust_kind) == ("The First Federation Trust", "multi_academy")
    assert academy.trust_uid == "3104"
    assert academy.latitude == pytest.approx(50.58538, abs=1e-4)
    assert found[124087].trust_kind == "foundation"
    assert found[150516].la_code == ""  # Dubai: LA 0, "Does not apply"
    assert found[126370].opened_on is None  # 01-01-1900
    assert found[126370].closed_on == date(2024, 7, 31)
    assert found[124087].telephone == "01827213840"


def test_one_school_of_our_own() -> None:
    file = read_schools(made(INFANT))
    (item,) = file
    record = item.record
    assert record
    assert (record.urn, record.establishment_number, record.la_code) == (900001, "0012", "899")
    assert (record.stage, record.phase_group, record.status) == ("infant", "primary", "open")
    assert (record.website, record.telephone) == ("http://www.mill.example.uk", "01234567890")
    assert record.opened_on is None
    assert "opened_on" in record.present
    assert "pupils" not in record.present
    assert file.columns == "other"
    assert "15 columns" in file.warnings[0]
    assert "leading 0" in file.warnings[1]


def test_head_teachers_are_never_read() -> None:
    assert "Canary" not in repr(list(read_schools(made(INFANT))))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_either_encoding(encoding: str) -> None:
    assert records(made(changed(EstablishmentName="Café School"), encoding=encoding))[0].name == "Café School"


def test_excel_leaves_traces() -> None:
    file = read_schools(made(changed(URN="900001.0", StatutoryHighAge="1.10E+01", OpenDate="soon")))
    (item,) = file
    assert item.record
    assert (item.record.urn, item.record.high_age, item.record.opened_on) == (900001, None, None)
    assert len(item.notes) == 3


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"URN": ""}, "URN", "six digits"),
        ({"URN": "1.04E+05"}, "URN", "rounded"),
        ({"URN": "900002"}, "URN", "already in line 2"),
        ({"EstablishmentName": "Not applicable"}, "EstablishmentName", "blank"),
        ({"EstablishmentStatus (name)": "Ajar"}, "EstablishmentStatus", "four"),
    ],
)
def test_a_wrong_row_is_refused_alone(cells: dict[str, str], column: str, said: str) -> None:
    found = list(read_schools(made(changed(URN="900002"), changed(**cells), changed(URN="900003"))))
    assert [item.ok for item in found] == [True, False, True]
    (problem,) = found[1].problems
    assert (problem.line, problem.column) == (3, column)
    assert said in problem.reason


def test_a_row_of_other_width_is_not_guessed_at() -> None:
    found = list(
        read_schools(made(changed(), INFANT[:5], (*changed(URN="900003"), "x"), changed(URN="900004")))
    )
    assert [item.ok for item in found] == [True, False, False, True]


def test_a_row_one_cell_short_leaves_that_value_alone() -> None:
    header = (*HEADER[:13], "Town")
    found = records(made((*INFANT[:13], "Wendle"), (*changed(URN="900002")[:13],), header=header))
    assert "town" in found[0].present
    assert "town" not in found[1].present


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"", "empty"),
        (made(), "no schools beneath"),
        (b"<!doctype html><html>", "web page"),
        (made(INFANT, changed(URN="900002")[:4]), "breaks off"),
        (made(("900001", "x"), header=("URN", "EstablishmentName")), "LA \\(code\\)"),
        (made(("x",), header=("EstablishmentName",)), "no URN column"),
        (made(INFANT) + b'900002,"899', "never closed"),
    ],
)
def test_what_is_no_file_of_schools(source: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        list(read_schools(source))


def test_the_services_zip() -> None:
    source = zipped({"extract/edubasealldata20260101.csv": made(INFANT), "extract/readme.txt": b"x"})
    file = read_schools(source)
    assert len(list(file)) == 1
    assert file.member == "extract/edubasealldata20260101.csv"
    links = (
        b"URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\r\n900001,900002,Old,Predecessor,01-09-2020\r\n"
    )
    both = zipped({"a.csv": made(INFANT), "links.csv": links})
    assert (len(records(both)), len(list(read_links(both)))) == (1, 1)
    assert gias_kind(both) == "schools"
    assert gias_kind(links) == "links"
    assert gias_kind(shared("gias/grouplinks_sample.csv")) == "group_links"


def bomb() -> bytes:
    return zipped({"edubasealldata.csv": made(INFANT) + b" " * 8_000_000})


def lying() -> bytes:
    """A zip whose directory declares fewer bytes than its member unpacks to."""
    data = bytearray(zipped({"a.csv": made(*(changed(URN=str(900_001 + n)) for n in range(200)))}))
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 500)
    return bytes(data)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (bomb(), "hundred times"),
        (lying(), "damaged|breaks off|never closed"),
        (zipped({"../../etc/edubasealldata.csv": made(INFANT)}), "leads out"),
        (zipped({"/edubasealldata.csv": made(INFANT)}), "leads out"),
        (zipped({"a.csv": made(INFANT), "..\\x.txt": b""}), "leads out"),
        (zipped({f"{n}.csv": b"" for n in range(21)}), "21 files"),
        (zipped({"readme.txt": b"x"}), "no CSV"),
        (zipped({"a.csv": made(INFANT), "b.csv": made(INFANT)}), "2 files of schools"),
        (zipped({"a.csv": made(INFANT)})[:-30], "damaged"),
        (zipped({"a.csv": b"<html>"}), "web page"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "Excel"),
        (b"PK\x05\x06" + b"\x00" * 18, "empty"),
    ],
)
def test_a_zip_is_not_trusted(source: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        list(read_schools(source))


@pytest.mark.parametrize("name", ["334_solihull", "935_suffolk"])
def test_real_links(name: str) -> None:
    found = list(read_links(shared(f"gias/links_edubasealldata_{name}_20250422.csv")))
    assert all(item.ok for item in found)
    relations = {item.record.relation for item in found if item.record}
    assert {"predecessor", "successor"} <= relations <= {"predecessor", "successor", "other"}


def test_links_in_either_encoding_and_already_broken() -> None:
    whole = read_links(shared("gias/links_non_ascii_original_cp1252.csv"))
    assert "North Star 82°" in {item.record.link_name for item in whole if item.record}
    broken = read_links(shared("gias/links_non_ascii_mojibake_utf8.csv"))
    assert len(list(broken)) == 8
    assert "broken character" in broken.warnings[0]


def test_real_group_links_with_their_short_rows() -> None:
    found = [item.record for item in read_group_links(shared("gias/grouplinks_sample.csv")) if item.record]
    assert len(found) == 5
    grace = [record for record in found if record.urn == 129342]
    assert [(record.kind, record.group_type_code) for record in grace] == [("trust", "06"), ("sponsor", "05")]
    assert (grace[0].companies_house_number, grace[1].companies_house_number) == ("07525820", "")
    assert grace[0].group_name == grace[1].group_name == "Tove Learning Trust"
    assert grace[0].joined_on == date(2019, 4, 1)
    assert {record.group_type_code for record in found} == {"05", "06", "10"}


def test_group_links_mend_what_a_spreadsheet_took() -> None:
    header = ("URN", "Linked UID", "Group Name", "Companies House Number", "Group Type", "Group Type (code)",
              "Joined date", "HasSharedHT")  # fmt: skip
    file = read_group_links(made(
        ("900001", "17", "THE ORCHARD TRUST", "7525820", "Multi-academy trust", "6", "01-04-2019"),
        ("900001", "", "", "", "Multi-academy trust", "06", "soon"),
        header=header,
    ))  # fmt: skip
    good, bad = file
    assert good.record
    assert (good.record.companies_house_number, good.record.group_type_code) == ("07525820", "06")
    assert good.record.group_name == "The Orchard Trust"
    assert [problem.column for problem in bad.problems] == ["Linked UID", "Group Name"]
    assert "company number" in file.warnings[0]


def test_a_link_to_no_urn_is_refused_alone() -> None:
    header = ("URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate")
    good, bad = read_links(made(
        ("900001", "900002", "Old", "Sixth Form Centre Link", ""), ("900001", "x", "", "Successor", "31-31-2020"),
        header=header,
    ))  # fmt: skip
    assert good.record
    assert good.record.relation == "sixth_form"
    assert bad.problems[0].column == "LinkURN"


def read_all(source: bytes) -> None:
    for reader in (read_schools, read_links, read_group_links):
        try:
            for item in reader(source):
                assert item.ok or item.problems
        except FileRefused as refused:
            assert refused.reason.endswith(".")  # noqa: PT017


CELL = st.text(st.characters(codec="utf-8"), max_size=15) | st.sampled_from(INFANT)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(CELL, max_size=len(HEADER) + 2).map(tuple), max_size=5))
def test_any_cells_are_schools_problems_or_a_refusal(rows: list[tuple[str, ...]]) -> None:
    read_all(made(*rows, encoding="utf-8"))


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", made(), zipped({"a.csv": made(INFANT)})])
)
def test_any_bytes_are_schools_or_a_refusal(data: bytes, start: bytes) -> None:
    read_all(start + data)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_to_a_zip_is_a_refusal(data: st.DataObject) -> None:
    packed = bytearray(zipped({"extract/edubasealldata20260101.csv": made(INFANT, changed(URN="900002"))}))
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    read_all(bytes(packed))


def test_thirty_thousand_rows_are_read_in_a_stream() -> None:
    """The reader holds no row: it asks for the next only when it is asked."""
    rows = (changed(URN=str(100_000 + number)) for number in range(30_000))
    file: SchoolFile = read_schools(made(*rows))
    next(iter(file))
    assert file.rows == 1
    assert sum(item.ok for item in file) == 29_999

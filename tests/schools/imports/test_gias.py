"""Schools come in by URN; what a file does not say stays."""

from __future__ import annotations

import json

import pytest

from schools.actions.imports import AsksFirst, apply_import
from schools.enums import ImportKind, ImportState, OrganisationKind
from schools.models import Organisation
from tests.factories.schools import SchoolFactory
from tests.schools.imports.helpers import NOW, put_in, read_in, shared_file, viewer_of

pytestmark = pytest.mark.django_db

HEADER = (
    "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),"
    "EstablishmentStatus (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,Town,Trusts (code),"
    "Trusts (name),HeadFirstName,HeadLastName,Easting,Northing"
)


def row(urn: int, name: str = "Ashgrove Primary School", **over: str) -> str:
    cells = {
        "la": "899", "la_name": "Wendlebury", "estab": str(urn)[-4:], "type": "Academy converter", "status": "Open",
        "phase": "Primary", "low": "4", "high": "11", "town": "Wendlebury", "trust_uid": "9001",
        "trust": "THE ORCHARD TRUST", "first": "Zzhead", "last": "Zzteacher", "e": "415500", "n": "279500",
    } | over  # fmt: skip
    return ",".join(
        [str(urn), cells.pop("la"), cells.pop("la_name"), cells.pop("estab"), f'"{name}"', *cells.values()]
    )


def gias(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows]).encode("cp1252")


def test_a_school_comes_with_its_la_and_trust_and_without_its_head() -> None:
    done = put_in(ImportKind.GIAS, gias(row(900001), row(900002, "Millbrook Infant School", high="7")))
    assert done.counts["new"] == 2
    school = Organisation.objects.get(urn=900002)
    assert (school.stage, school.phase_group, school.status) == ("infant", "primary", "open")
    assert school.local_authority is not None
    assert school.local_authority.la_code == "899"
    assert school.trust is not None
    assert (school.trust.name, school.trust.group_uid) == ("The Orchard Trust", "9001")
    assert school.latitude == pytest.approx(52.41, abs=0.05)
    stored = json.dumps(list(Organisation.objects.values()), default=str) + json.dumps(done.facts)
    assert "Zzhead" not in stored
    assert "Zzteacher" not in stored


def test_the_same_file_twice_changes_nothing() -> None:
    put_in(ImportKind.GIAS, gias(row(900001)))
    again = read_in(ImportKind.GIAS, gias(row(900001)))
    assert (again.counts["new"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 1)


def test_changed_columns_are_shown_and_missing_ones_left_alone() -> None:
    put_in(ImportKind.GIAS, gias(row(900001)))
    header = "URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name)"
    content = f"{header}\r\n900001,899,0001,Ashgrove Academy,Academy converter,Closed".encode()
    importing = read_in(ImportKind.GIAS, content)
    only = importing.rows.get()
    assert only.changes == {
        "Name": ["Ashgrove Primary School", "Ashgrove Academy"],
        "Status": ["Open", "Closed"],
    }
    apply_import(import_id=importing.pk, by=viewer_of(None), at=NOW)
    school = Organisation.objects.get(urn=900001)
    assert (school.name, school.status, school.town, school.low_age) == (
        "Ashgrove Academy",
        "closed",
        "Wendlebury",
        4,
    )
    assert school.trust is not None


def test_absence_closes_nothing_and_a_short_file_asks_first() -> None:
    put_in(ImportKind.GIAS, gias(*(row(900001 + n) for n in range(10))))
    fewer = read_in(ImportKind.GIAS, gias(*(row(900001 + n, town="Elsewhere") for n in range(7))))
    with pytest.raises(AsksFirst, match="3 of the 10 open schools known in Wendlebury"):
        apply_import(import_id=fewer.pk, by=viewer_of(None), at=NOW)
    fewer.refresh_from_db()
    assert fewer.state == ImportState.READY
    apply_import(import_id=fewer.pk, by=viewer_of(None), at=NOW, confirmed=True)
    assert Organisation.objects.schools().open().count() == 10
    assert Organisation.objects.filter(town="Elsewhere").count() == 7


def test_a_file_that_lacks_a_fifth_or_fewer_does_not_ask() -> None:
    put_in(ImportKind.GIAS, gias(*(row(900001 + n) for n in range(10))))
    assert "asks" not in read_in(ImportKind.GIAS, gias(*(row(900001 + n) for n in range(8)))).facts


def test_bad_rows_are_refused_alone_and_a_bad_file_whole() -> None:
    importing = read_in(ImportKind.GIAS, gias(row(900001), row(12), row(900003)))
    assert (importing.counts["new"], importing.counts["refused"]) == (2, 1)
    refused = read_in(ImportKind.GIAS, b"<!doctype html><title>Sign in</title>")
    assert refused.state == ImportState.REFUSED
    assert "web page" in refused.reason
    assert refused.rows.count() == 0


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("edubasealldata_140col_sample.csv", 8),
        ("edubaseallstatefunded_334_solihull.csv", 29),
        ("edubaseallstatefunded_935_suffolk.csv", 24),
        ("gias_search_download_111col_936_surrey_sample.csv", 44),
    ],
)
def test_the_real_files_come_in(name: str, rows: int) -> None:
    done = put_in(ImportKind.GIAS, shared_file(f"gias/{name}"))
    assert (done.counts["new"], done.counts["refused"]) == (rows, 0)
    again = read_in(ImportKind.GIAS, shared_file(f"gias/{name}"))
    assert again.counts["unchanged"] == rows


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("edubaseallchildrencentre_334_solihull.csv", "children's centres"),
        ("edubase_july2017_334_solihull_with_bng.csv", "2017"),
    ],
)
def test_the_other_files_are_refused_with_the_reason(name: str, words: str) -> None:
    refused = read_in(ImportKind.GIAS, shared_file(f"gias/{name}"))
    assert refused.state == ImportState.REFUSED
    assert words in refused.reason


def test_links_and_trusts_join_known_schools() -> None:
    put_in(ImportKind.GIAS, shared_file("gias/edubaseallstatefunded_334_solihull.csv"))
    done = put_in(ImportKind.GIAS_LINKS, shared_file("gias/links_edubasealldata_334_solihull_20250422.csv"))
    assert done.counts["new"] > 0
    again = read_in(ImportKind.GIAS_LINKS, shared_file("gias/links_edubasealldata_334_solihull_20250422.csv"))
    assert again.counts["new"] == 0


def test_trust_membership_sets_the_trust() -> None:
    content = shared_file("gias/grouplinks_sample.csv")
    first = read_in(ImportKind.GROUP_LINKS, content)
    assert first.counts["changed"] == 0
    for line in content.decode("cp1252").splitlines()[1:]:
        for cell in line.replace('"', "").split(","):
            if cell.isdigit() and len(cell) == 6 and not Organisation.objects.filter(urn=int(cell)).exists():
                SchoolFactory(urn=int(cell))
    done = put_in(ImportKind.GROUP_LINKS, content)
    assert done.counts["changed"] > 0
    assert (
        Organisation.objects.filter(kind=OrganisationKind.TRUST).exclude(companies_house_number="").exists()
    )


def test_what_is_longer_than_may_be_is_refused_with_its_column_and_the_rest_goes_in() -> None:
    done = put_in(ImportKind.GIAS, gias(row(900001), row(900002, la="8999")))
    assert (done.counts["new"], done.counts["refused"]) == (1, 1)
    assert list(Organisation.objects.schools().values_list("urn", flat=True)) == [900001]
    told = [fault for each in done.rows.filter(outcome="refused") for fault in each.problems]
    assert [(fault["column"], fault["reason"]) for fault in told] == [
        ("LA code", "This is longer than 3 letters")
    ]

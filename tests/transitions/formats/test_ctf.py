"""The common transfer file: the sample, what is kept, what is never kept, and every reason to refuse."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schools import enums
from schools.formats.errors import FileRefused, Parsed
from schools.formats.upn import check_letter
from tests.shared_data import shared
from transitions.formats.ctf import (
    AttendanceYear,
    CtfHeader,
    CtfSchool,
    FsmSpan,
    PupilRecord,
    SchoolStay,
    SenNeed,
    SenProvision,
    check_name,
    file_name,
    name_warnings,
    read_ctf,
    write_ctf,
)
from transitions.formats.ctf.sen import NEEDS, PROVISIONS

HEAD = (
    "<CTfile><Header><DocumentName>Common Transfer File</DocumentName><CTFversion>{version}</CTFversion>"
    "<DateTime>2026-07-17T15:30:00</DateTime><DocumentQualifier>full</DocumentQualifier>"
    "<SourceSchool><LEA>899</LEA><Estab>2001</Estab><URN>900001</URN><SchoolName>Mill</SchoolName>"
    "<AcademicYear>2025</AcademicYear></SourceSchool><DestSchool><LEA>899</LEA><Estab>4001</Estab></DestSchool>"
    "</Header><CTFpupilData>"
)
TAIL = "</CTFpupilData></CTfile>"
UPN = check_letter("899000126001") + "899000126001"
SECRET = "Canary"


def pupil(inside: str = "", upn: str = UPN, surname: str = "Bee", born: str = "2015-09-01") -> str:
    return (
        f"<Pupil><UPN>{upn}</UPN><Surname>{surname}</Surname><Forename>Ann</Forename><DOB>{born}</DOB>"
        f"<Sex>F</Sex>{inside}</Pupil>"
    )


def ctf(*pupils: str, version: str = "25.0", prolog: str = "") -> bytes:
    return (prolog + HEAD.format(version=version) + "".join(pupils) + TAIL).encode()


def only(*pupils: str) -> PupilRecord:
    (item,) = read_ctf(ctf(*pupils))
    assert item.ok
    assert item.record
    return item.record


def refused(source: bytes) -> str:
    with pytest.raises(FileRefused) as told:
        list(read_ctf(source))
    return told.value.reason


def test_the_sample_file() -> None:
    file = read_ctf(shared("ctf/3342019_CTF_3344015_001.xml"))
    assert file.header.source == CtfSchool("334", "2019", 104050, "Shirley Heath Junior School", 2025)
    assert file.header.made_at == datetime(2026, 7, 17, 15, 30)  # noqa: DTZ001  # a CTF has no zone
    assert name_warnings("3342019_CTF_3344015_001.xml", file.header) == []
    found = [item.record for item in file if item.ok and item.record]
    assert len(found) == 8
    assert [record.sen_now for record in found].count("K") == 1
    assert (found[2].sen_now, found[2].needs_now, found[2].first_language) == ("K", ("VI",), "ENG")
    assert [record.fsm_now for record in found] == [None, None, None, True, None, None, None, None]
    assert found[0].attendance[0].attended == 352
    assert found[0].school_history[0].left_on == date(2026, 7, 17)
    assert (found[0].year_group, found[0].sex, found[0].medical_flag) == ("6", "M", False)
    assert file.warnings == []


FULL = PupilRecord(
    place=1,
    upn=UPN,
    upn_is_temporary=False,
    surname="O’Brien & Søn",
    forename="Zoë",
    born_on=date(2015, 9, 1),
    preferred_surname="Brien",
    preferred_forename="Zo <3",
    sex="F",
    year_group="6",
    enrol_status="C",
    sen_now="E",
    sen_since=date(2024, 2, 1),
    sen_history=(
        SenProvision("N", date(2019, 9, 2)),
        SenProvision("K", date(2020, 9, 1), was="A"),
        SenProvision("E", date(2024, 2, 1)),
    ),
    needs_now=("SLCN", "SEMH"),
    needs=(
        SenNeed("SLCN", 1, date(2020, 9, 1)),
        SenNeed("SEMH", 2, date(2021, 1, 4), was="BESD"),
        SenNeed("HI", 3, date(2019, 9, 2), date(2022, 7, 20)),
    ),
    first_language="POL",
    languages=(("H", "ENG"), ("F", "POL")),
    fsm_now=True,
    fsm_history=(
        FsmSpan(date(2019, 9, 2), date(2020, 3, 1), "ENG"),
        FsmSpan(date(2022, 9, 5), None, "ENG"),
    ),
    in_care=True,
    care_authority="899",
    medical_flag=True,
    attendance=(
        AttendanceYear(2025, "899", "2001", "Mill", 380, 350, 20, 10),
        AttendanceYear(2026, "899", "2001", "Mill", 370, 352, 12, 6, date(2025, 9, 1)),
    ),
    school_history=(
        SchoolStay("899", "2000", "Mill Infants", date(2019, 9, 2), date(2022, 7, 20), "TRANS", False),
        SchoolStay("899", "2001", "Mill", date(2022, 9, 5), None, "", True),
    ),
)
HEADER = CtfHeader(
    version="26.0",
    made_at=datetime(2026, 7, 17, 15, 30),  # noqa: DTZ001
    qualifier="full",
    source=CtfSchool("899", "2001", 900001, "Mill & Co", 2025),
    destination=CtfSchool("899", "4001"),
    supplier="Wendle",
    description="made up",
)


def test_what_is_written_is_read_back() -> None:
    bare = PupilRecord(2, "", False, "Cee", "Bo", date(2016, 1, 31))
    eligible_once = replace(bare, place=3, forename="Di", fsm_now=False)
    file = read_ctf(write_ctf(HEADER, [FULL, bare, eligible_once]))
    assert file.header == HEADER
    assert [item.record for item in file] == [FULL, bare, eligible_once]


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT)
def test_any_name_may_be_written(surname: str, forename: str) -> None:
    file = read_ctf(write_ctf(HEADER, [replace(FULL, surname="A" + surname, preferred_forename=forename)]))
    assert all(item.record and item.record.surname.startswith("A") for item in file)


def test_what_may_never_be_kept_leaves_no_trace() -> None:
    record = only(
        pupil(
            f"<FormerUPN>{SECRET}</FormerUPN><UniqueLearnerNumber>{SECRET}</UniqueLearnerNumber>"
            f"<BasicDetails><FormerUPN>{SECRET}</FormerUPN><FormerSurname>{SECRET}</FormerSurname>"
            f"<Ethnicity>{SECRET}</Ethnicity><EthnicitySource>{SECRET}</EthnicitySource>"
            f"<MiddleNames>{SECRET}</MiddleNames><Disabilities><Disability>{SECRET}</Disability></Disabilities>"
            f"<PreferredForename>Annie</PreferredForename></BasicDetails>"
            f"<Address><Line1>{SECRET}</Line1></Address><Phones><Phone><PhoneNo>{SECRET}</PhoneNo></Phone></Phones>"
            f"<Email>{SECRET}</Email><Contacts><Contact><Surname>{SECRET}</Surname></Contact></Contacts>"
            f"<Attendance><YearData><Year>2026</Year><AttendanceMarks>{SECRET}</AttendanceMarks></YearData></Attendance>"
            f"<StageAssessments><KeyStage><Stage>{SECRET}</Stage></KeyStage></StageAssessments>"
        )
    )
    assert SECRET not in repr(record)
    assert record.preferred_forename == "Annie"


def test_sen_in_any_order_with_old_codes() -> None:
    (item,) = read_ctf(
        ctf(
            pupil(
                "<SENhistory>"
                "<SEN><StartDate>2027-01-01</StartDate><SENprovision>E</SENprovision></SEN>"
                "<SEN><StartDate>2024-01-08</StartDate><SENprovision>K</SENprovision></SEN>"
                "<SEN><StartDate>2013-01-08</StartDate><SENprovision>P</SENprovision></SEN>"
                "<SEN><SENprovision>N</SENprovision></SEN><SEN><SENprovision>Q</SENprovision></SEN>"
                "<SENneeds>"
                "<SENneed><SENtypeRank>2</SENtypeRank><SENtype>BESD</SENtype></SENneed>"
                "<SENneed><SENtypeRank>1</SENtypeRank><SENtype>slcn</SENtype></SENneed>"
                "<SENneed><NeedEndDate>2024-01-01</NeedEndDate><SENtype>HI</SENtype></SENneed>"
                "<SENneed><SENtypeRank>3</SENtypeRank><SENtype>XYZ</SENtype></SENneed>"
                "<SENneed><SENtype/></SENneed>"
                "</SENneeds></SENhistory>"
            )
        )
    )
    assert item.record
    assert [entry.code for entry in item.record.sen_history] == ["N", "K", "K", "E"]
    assert (item.record.sen_now, item.record.sen_since) == ("K", date(2024, 1, 8))
    assert item.record.needs_now == ("SLCN", "SEMH", "XYZ")
    assert [need.code for need in item.record.needs] == ["SLCN", "SEMH", "XYZ", "HI"]
    assert len(item.notes) == 4


def test_of_two_provisions_on_one_day_the_greater_holds() -> None:
    one = "<SEN><StartDate>2024-01-08</StartDate><SENprovision>{}</SENprovision></SEN>"
    for order in ("EK", "KE"):
        assert only(pupil(f"<SENhistory>{''.join(map(one.format, order))}</SENhistory>")).sen_now == "E"


def test_an_unknown_need_is_told_once_without_a_name() -> None:
    need = "<SENhistory><SENneeds><SENneed><SENtype>QQQ</SENtype></SENneed></SENneeds></SENhistory>"
    file = read_ctf(ctf(pupil(need), pupil(need, upn="", surname="Cee")))
    assert len(list(file)) == 2
    assert [text for text in file.warnings if "QQQ" in text] == [
        "Codes of need we do not know were kept as they stand: QQQ."
    ]


def test_a_partial_file_without_details() -> None:
    record = only(
        "<Pupil><Surname>Bee</Surname><Forename>Ann</Forename><DOB>2015-09-01</DOB><Gender>M</Gender></Pupil>"
    )
    assert (record.upn, record.sex, record.sen_now, record.fsm_now, record.in_care) == (
        "",
        "M",
        "",
        None,
        None,
    )


def test_free_meals_hold_on_the_day_of_the_file() -> None:
    span = "<FSMinstance><FSMstartDate>{}</FSMstartDate><FSMendDate>{}</FSMendDate></FSMinstance>"
    ended = only(pupil(f"<FSMhistory>{span.format('2022-09-01', '2026-07-16')}</FSMhistory>"))
    lasts = only(pupil(f"<FSMhistory>{span.format('2022-09-01', '2026-07-17')}</FSMhistory>"))
    later = only(pupil(f"<FSMhistory>{span.format('2026-09-01', '')}</FSMhistory>"))
    assert [record.fsm_now for record in (ended, lasts, later)] == [False, True, False]


@pytest.mark.parametrize(
    ("given", "column", "said"),
    [
        (pupil(upn="A899000126001"), "UPN", "check letter"),
        (pupil(upn="8.99E+11"), "UPN", "spreadsheet"),
        (pupil(surname=" "), "Surname", "blank"),
        (pupil(born=""), "DOB", "blank"),
        (pupil(born="2015-13-01"), "DOB", "no such day"),
        (pupil(born="2027-01-01"), "DOB", "does not fit"),
        (pupil(born="1990-01-01"), "DOB", "does not fit"),
    ],
)
def test_a_wrong_pupil_is_refused_alone(given: str, column: str, said: str) -> None:
    first, second = read_ctf(ctf(pupil(upn="", surname="Cee"), given))
    assert first.ok
    assert second.record is None
    (problem,) = second.problems
    assert (problem.line, problem.column) == (2, column)
    assert said in problem.reason


def test_odd_facts_are_left_blank_and_noted() -> None:
    (item,) = read_ctf(
        ctf(
            pupil(
                "<BasicDetails><NCyearActual>99</NCyearActual></BasicDetails><Attendance><YearData><Year>x</Year>"
                "<SessionsPossible>10</SessionsPossible><SessionsAttended>11</SessionsAttended></YearData></Attendance>"
                "<SchoolHistory><School><EntryDate>soon</EntryDate></School></SchoolHistory>"
            )
        )
    )
    assert item.ok
    assert item.record
    assert (item.record.year_group, item.record.attendance[0].year) == ("", None)
    assert len(item.notes) == 4


def test_the_same_pupil_twice_with_the_same_facts_is_taken_once() -> None:
    file = read_ctf(ctf(pupil(), pupil(), pupil(upn="", surname="Cee"), pupil(upn="", surname="CEE")))
    found = list(file)
    assert [item.line for item in found if item.ok] == [1, 3]
    assert len(found) == 2
    assert "taken once (2 rows, first in line 2)" in file.warnings[-1]


def test_the_same_pupil_twice_with_other_facts_must_be_decided() -> None:
    one, two = read_ctf(
        ctf(pupil(), pupil("<LookedAfter><InCare>true</InCare></LookedAfter>", surname="Dee"))
    )
    assert one.record
    assert two.record
    assert not one.ok
    assert not two.ok
    assert one.problems[0].reason == (
        "Pupil 2 has the same UPN and another surname and care: it must be decided which is right"
    )
    assert "Pupil 1" in two.problems[0].reason


@pytest.mark.parametrize("version", ["17", "17.0", "25.0", "26.0"])
def test_known_versions(version: str) -> None:
    file = read_ctf(ctf(pupil(), version=version))
    assert len(list(file)) == 1
    assert file.warnings == []


def test_newer_versions_warn_and_older_ones_are_refused() -> None:
    newer = read_ctf(ctf(pupil(), version="31.0"))
    assert len(list(newer)) == 1
    assert "newer than 26" in newer.warnings[0]
    assert "version 16, older than 17" in refused(ctf(pupil(), version="16.0"))
    assert "which version" in refused(ctf(pupil(), version="next"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_encodings_the_prolog_declares(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    text = ctf(pupil(surname="Béé"), prolog=f'<?xml version="1.0" encoding="{name}"?>').decode()
    (item,) = read_ctf(text.encode(encoding))
    assert item.record
    assert item.record.surname == "Béé"


LAUGHS = (
    "<!DOCTYPE CTfile [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{n} '{'&a;' * 9}'>" for n in range(9)) + "]>"
)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (ctf(pupil(), prolog="<!DOCTYPE CTfile SYSTEM 'file:///etc/hostname'>"), "document type declaration"),
        (ctf(pupil(), prolog=LAUGHS), "defines XML entities"),
        (
            ctf(pupil(), prolog="<!DOCTYPE C [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
            "defines XML entities",
        ),
        (ctf(pupil(surname="&who;")), "entity it does not define"),
        (ctf(pupil("<a>" * 20 + "</a>" * 20)), "more than 12 deep"),
        (b"<CTfile>" + b"<a>" * 50_000, "more than 12 deep"),
        (b"<register/>", "its root is register"),
        (b"<" + b"x" * 500 + b"/>", "its root is another"),
        (b"<CTfile xmlns='urn:x'/>", "root stands in an XML namespace"),
        (ctf("<x:y xmlns:x='urn:x'/>"), "uses XML namespaces"),
        (b"<ATfile><ATFpupilData/></ATfile>", "admissions transfer file"),
        (b"<Message><Header><CollectionDetails/></Header></Message>", "School Census"),
        (ctf(pupil(), pupil())[:-60], "breaks off"),
        (ctf(pupil())[:120], "breaks off"),
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n ", "empty"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (ctf(pupil(surname="Béé")).decode().encode("cp1252"), "says it is UTF-8 and near line 1"),
        (ctf(pupil(surname="é"), prolog='<?xml version="1.0" encoding="us-ascii"?>'), "says it is US-ASCII"),
        (ctf(pupil(), prolog='<?xml version="1.0" encoding="klingon"?>'), "encoding that cannot be read"),
        (ctf(pupil(), prolog='<?xml version="1.0" encoding="utf-7"?>'), "encoding that cannot be read"),
        (b"UPN,Surname,Forename\r\nA,B,C\r\n", "CSV list"),
        (b"hello", "not XML"),
        (b"PK\x03\x04", "zip file"),
        (b"%PDF-1.4", "no XML"),
        (ctf(), "no pupils"),
        (ctf(pupil()) + b"<again/>", "goes on after its end"),
        (b"<CTfile><CTFpupilData><Pupil/></CTFpupilData></CTfile>", "no header before them"),
        (b"<CTfile><CTFpupilData/></CTfile>", "no header"),
        (b"<CTfile><Header><CTFversion>25</CTFversion></Header></CTfile>", "sending school"),
        (ctf("<Pupil></Wrong>"), "not well-formed"),
        (b"<CTfile>" + b" " * (32 * 1024 * 1024) + b"</CTfile>", "larger than 32 MB"),
    ],
)
def test_each_reason_to_refuse_has_its_sentence(source: bytes, said: str) -> None:
    reason = refused(source)
    assert said in reason
    assert reason.endswith(".")
    assert "passwd" not in reason


def test_too_many_pupils() -> None:
    assert "more than 20,000 pupils" in refused(ctf("<Pupil/>" * 20_001))


@pytest.mark.parametrize(
    ("name", "source", "destination", "sequence"),
    [
        ("3342019_CTF_3344015_001.xml", "school", "school", 1),
        ("3342019_ctf_XXXXXXX_012.XML", "school", "unknown", 12),
        ("3342019_CTF_MMMMMMM_001.xml", "school", "outside", 1),
        ("820LLLL_CTF_8201234_001.xml", "authority", "school", 1),
        ("3342019_CTF_3344015_001 (2).xml", "school", "school", 1),
        ("C:\\files\\3342019_CTF_3344015_001.xml", "school", "school", 1),
    ],
)
def test_file_names(name: str, source: str, destination: str, sequence: int) -> None:
    found = check_name(name)
    assert found
    assert (found.source.kind, found.destination.kind, found.sequence) == (source, destination, sequence)


def test_a_name_and_a_header_that_disagree_are_told() -> None:
    header = read_ctf(ctf(pupil())).header
    assert name_warnings("8992001_CTF_8994001_001.xml", header) == []
    assert "different senders" in name_warnings("8992002_CTF_8994001_001.xml", header)[0]
    assert "different receivers" in name_warnings("8992001_CTF_XXXXXXX_001.xml", header)[0]
    assert "not of the form" in name_warnings("pupils.xml", header)[0]
    assert check_name(file_name(header, 7)) == check_name("8992001_CTF_8994001_007.xml")
    unknown = replace(header, destination=CtfSchool("", ""))
    assert file_name(unknown, 1) == "8992001_CTF_XXXXXXX_001.xml"
    assert unknown.destination.kind == "unknown"
    assert name_warnings("8992001_CTF_XXXXXXX_001.xml", unknown) == []


def test_codes_are_those_of_the_enums() -> None:
    assert set(PROVISIONS) == set(enums.SenProvision.values)
    assert {"SEMH", "SLCN", "ASD"} <= NEEDS


def read_all(source: bytes) -> list[Parsed[PupilRecord]]:
    try:
        found = list(read_ctf(source))
    except FileRefused as told:
        assert told.reason.endswith(".")  # noqa: PT017
        return []
    assert all(item.ok or item.problems for item in found)
    return found


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"<", b"<?xml version='1.0'", HEAD.format(version="25").encode()]),
)
def test_any_bytes_are_pupils_or_a_refusal(data: bytes, start: bytes) -> None:
    read_all(start + data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_damage_is_pupils_or_a_refusal(data: st.DataObject) -> None:
    source = bytearray(write_ctf(HEADER, [FULL]))
    for _ in range(data.draw(st.integers(1, 4))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    read_all(bytes(source[: data.draw(st.integers(0, len(source)))] if data.draw(st.booleans()) else source))


TAGS = ["UPN", "DOB", "SENhistory", "SEN", "StartDate", "SENneeds", "SENneed", "SENtype", "SENtypeRank", "Year",
        "Attendance", "YearData", "SessionsPossible", "FSMhistory", "FSMinstance", "FSMstartDate", "Pupil",
        "BasicDetails", "Languages", "Type", "Language", "SchoolHistory", "School", "LookedAfter", "InCare"]  # fmt: skip
TREES = st.recursive(
    st.text(st.characters(codec="utf-8", categories=("L", "N")), max_size=8),
    lambda inner: st.lists(st.tuples(st.sampled_from(TAGS), inner), max_size=4).map(
        lambda pairs: "".join(f"<{tag}>{inside}</{tag}>" for tag, inside in pairs)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_any_elements_in_any_order_are_a_pupil_or_a_problem(inside: str) -> None:
    read_all(ctf(pupil(inside)))


def test_three_thousand_pupils_stay_small() -> None:
    """Only what is kept is in memory: about 4 MB of file, most of it on the list of what is never read."""
    never_read = f"<Contacts>{'<Contact><Surname>Canary</Surname></Contact>' * 20}</Contacts>"
    pupils = []
    for number in range(3_000):
        rest = f"8990001{10 + number // 1000}{number % 1000:03d}"
        pupils.append(pupil(never_read, upn=check_letter(rest) + rest))
    source = ctf(*pupils)
    tracemalloc.start()
    found = read_all(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(item.ok for item in found) == 3_000
    assert peak < 25 * 1024 * 1024

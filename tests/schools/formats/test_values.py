"""UPNs, dates, grid references, stages and the small readings of one cell."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import upn as oracle

from schools import enums
from schools.formats import cells, codes, roles
from schools.formats.dates import DateFault, any_month_first, is_ambiguous, parse_date
from schools.formats.geo import metres_between, to_wgs84
from schools.formats.gias_groups import trust_name
from schools.formats.refs import RefFault, SchoolRef, parse_ref
from schools.formats.stage import phase_group, stage_of
from schools.formats.upn import ALPHABET, UpnFault, check_letter, parse_upn, tidy_upn
from tests.shared_data import shared


def test_upn_vectors() -> None:
    vectors = json.loads(shared("ctf/upn_uln_vectors.json"))
    assert all(not parse_upn(upn).temporary for upn in vectors["permanent_valid"])
    assert all(parse_upn(upn).temporary for upn in vectors["temporary_valid"])
    for kind in ("invalid_check_letter", "invalid_letter_used", "invalid_13th", "invalid_format"):
        for upn in vectors[kind]:
            with pytest.raises(UpnFault):
                parse_upn(upn)


@given(st.from_regex(rf"[0-9]{{11}}[0-9{ALPHABET}]", fullmatch=True))
def test_check_letters_agree_with_another_implementation(rest: str) -> None:
    assert check_letter(rest) == oracle.calc_check_digit(rest)


def test_the_parts_of_a_upn() -> None:
    upn = parse_upn("T20110001804V")
    assert (upn.la_code, upn.establishment_number, upn.year, upn.temporary) == ("201", "1000", 18, True)
    assert tidy_upn(" 'r2011 0001 8042") == "R201100018042"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A801200001001", "should be H, not A: look for a mistyped digit"),
        ("2.011E+11", "rounded"),
        ("R2.011E11", "rounded"),
        ("201100018042", "lost its first letter"),
        ("R20110001804", "13 characters; this has 12"),
        ("I334000126001", "never begins with I, O or S"),
        ("N20110001804S", "never ends with I, O or S"),
        ("r201100018042", "capitals"),
        ("R20110A018042", "a letter and twelve digits"),
        ("1201100018042", "begins with a letter"),
        ("R2011-0001-804", "letters and digits only"),
        ("", "blank"),
        (check_letter("100200001001") + "100200001001", "local authority"),
    ],
)
def test_a_wrong_upn_is_told_why(text: str, said: str) -> None:
    with pytest.raises(UpnFault, match=said) as fault:
        parse_upn(text)
    assert len(text) < 5 or text not in fault.value.reason


@given(st.text(max_size=20))
def test_any_text_is_a_upn_or_a_fault(text: str) -> None:
    try:
        assert oracle.calc_check_digit(parse_upn(text).value) == text[0]
    except UpnFault as fault:
        assert fault.reason  # noqa: PT017


@pytest.mark.parametrize(
    "text",
    ["2016-03-25", "25/03/2016", "25-03-2016", "25.3.2016", "25 March 2016", "25-Mar-2016", "25th March, 2016",
     "2016-03-25T00:00:00", "25/03/2016 00:00"],
)  # fmt: skip
def test_dates_as_people_write_them(text: str) -> None:
    assert parse_date(text) == date(2016, 3, 25)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "blank"),
        ("42454", "day number"),
        ("03/25/2016", "month first"),
        ("25/03/16", "two figures"),
        ("25-Mar-16", "two figures"),
        ("########", "too narrow"),
        ("4.2E+04", "into a number"),
        ("31/02/2016", "no such day"),
        ("25 Smarch 2016", "not a month"),
        ("25/03/1816", "past"),
        ("25/03/2816", "future"),
        ("soon", "not a date"),
    ],
)
def test_a_doubtful_date_is_told_why(text: str, said: str) -> None:
    with pytest.raises(DateFault, match=said):
        parse_date(text)


def test_one_month_first_date_puts_the_column_in_doubt() -> None:
    assert any_month_first(["04/03/2016", "03/25/2016"])
    assert not any_month_first(["04/03/2016", "25/03/2016", "13/13/2016", ""])
    assert [is_ambiguous(text) for text in ("04/03/2016", "04/04/2016", "25/03/2016", "x")] == [True] + [
        False
    ] * 3


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_a_fault(text: str) -> None:
    try:
        assert 1900 <= parse_date(text).year <= 2100
    except DateFault as fault:
        assert fault.reason  # noqa: PT017


def test_grid_references_are_within_five_metres() -> None:
    for vector in json.loads(shared("geo/bng_wgs84_vectors.json"))["vectors"]:
        found = to_wgs84(vector["easting"], vector["northing"])
        assert found
        assert metres_between(found, (vector["lat"], vector["lon"])) < 5


def test_grid_reference_of_the_ordnance_survey_guide() -> None:
    """Caister water tower: OSGB36 52°39′27.25″N 1°43′4.52″E is E 651409.903 N 313177.270 (worked example)."""
    found = to_wgs84(651409.903, 313177.270)
    assert found
    assert metres_between(found, (52.657979, 1.716052)) < 5
    assert to_wgs84(0, 0) is None
    assert to_wgs84(800_000, 10) is None


@given(st.integers(1, 699_999), st.integers(1, 1_299_999))
def test_the_whole_grid_has_coordinates(easting: int, northing: int) -> None:
    found = to_wgs84(easting, northing)
    assert found
    assert 49 < found[0] < 62
    assert -11 < found[1] < 5


@pytest.mark.parametrize(
    ("low", "high", "phase", "kind", "stage", "group"),
    [
        (3, 5, "Nursery", "15", "nursery", "primary"),
        (2, 5, "", "11", "nursery", "primary"),
        (3, 7, "Primary", "1", "infant", "primary"),
        (7, 11, "Primary", "34", "junior", "primary"),
        (4, 9, "Primary", "1", "first", "primary"),
        (5, 8, "Primary", "1", "first", "primary"),
        (4, 11, "Primary", "1", "primary", "primary"),
        (3, 13, "", "11", "primary", "primary"),
        (9, 13, "Middle deemed secondary", "1", "middle", "secondary"),
        (8, 12, "Middle deemed primary", "1", "middle", "primary"),
        (9, 13, "Secondary", "34", "middle", "secondary"),
        (11, 16, "Secondary", "34", "secondary", "secondary"),
        (11, 14, "Secondary", "34", "secondary", "secondary"),
        (10, 18, "Secondary", "34", "secondary", "secondary"),
        (13, 18, "Secondary", "34", "upper", "secondary"),
        (14, 19, "Secondary", "40", "upper", "secondary"),
        (2, 18, "", "11", "all_through", "other"),
        (4, 18, "All-through", "34", "all_through", "other"),
        (16, 19, "16 plus", "18", "sixteen_plus", "fe"),
        (16, 99, "Not applicable", "18", "sixteen_plus", "fe"),
        (16, 19, "Secondary", "45", "sixteen_plus", "fe"),
        (2, 19, "", "7", "special", "other"),
        (16, 25, "", "32", "special", "other"),
        (11, 16, "", "14", "alternative", "other"),
        (None, None, "Primary", "1", "primary", "primary"),
        (None, None, "", "27", "other", "other"),
        (11, 3, "Secondary", "34", "secondary", "secondary"),
    ],
)
def test_stages_follow_type_then_ages_then_phase(
    low: int | None, high: int | None, phase: str, kind: str, stage: str, group: str
) -> None:
    assert stage_of(type_code=kind, phase=phase, low_age=low, high_age=high) == stage
    assert phase_group(stage, phase) == group


@given(
    st.integers(0, 30),
    st.integers(0, 99),
    st.sampled_from(["", *codes.PHASES.values()]),
    st.sampled_from(list(codes.TYPES)),
)
def test_every_stage_is_one_of_ours(low: int, high: int, phase: str, kind: str) -> None:
    stage = stage_of(type_code=kind, phase=phase, low_age=low, high_age=high)
    assert stage in enums.Stage.values
    assert phase_group(stage, phase) in enums.PhaseGroup.values


def test_the_readers_words_are_those_of_the_enums() -> None:
    assert set(codes.STATUS_NAMES) == set(enums.SchoolStatus.values)
    assert set(roles.ROLE_LABELS) == set(enums.Role.values)
    assert {roles.service_code(code) for code in enums.LAService.values} == set(enums.LAService.values)
    assert {roles.role_code(label) for label in enums.Role.labels} == set(enums.Role.values)


def test_codes_come_padded_unpadded_or_as_names() -> None:
    assert (
        codes.type_code("02", "") == codes.type_code("2", "") == codes.type_code("", "Voluntary aided school")
    )
    assert codes.type_code("", "Academy 16 to 19 sponsor led") == "46"
    assert codes.status("", "Open, but proposed to close") == codes.status("03", "") == "proposed_to_close"
    assert codes.phase("0", "Not applicable") == codes.phase("", "Not applicable") == ""
    assert codes.phase("02", "") == codes.phase("", "primary") == "Primary"
    assert codes.status("", "Ajar") == ""


def test_the_type_list_is_the_services_own() -> None:
    for line in shared("gias/establishment_types_20250422.csv").decode().splitlines()[1:]:
        group, group_name, code, name = line.split(",")[:4]
        assert codes.TYPES[code] == (name, group)
        assert codes.TYPE_GROUPS[group] == group_name


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("www.school.sch.uk", "http://www.school.sch.uk"),
        ("HTTPS://Www.School.sch.uk/About?x=1", "https://www.school.sch.uk/About?x=1"),
        ("http://school.sch.uk:8080/", "http://school.sch.uk:8080/"),
        ("", ""),
        ("N/A", ""),
        ("javascript:alert(1)", ""),
        ("javascript://x.uk/%0aalert(1)", ""),
        ("data:text/html,x", ""),
        ("http://user@evil.uk", ""),
        ("htpp://school.sch.uk", ""),
        ('http://school.sch.uk/"onmouseover=', ""),
        ("http://school.sch.uk/a b", ""),
        ("//school.sch.uk", ""),
        ("http://localhost", ""),
        ("head@school.sch.uk", ""),
    ],
)
def test_only_http_addresses_become_links(text: str, address: str) -> None:
    assert cells.website(text) == address


@given(st.text(max_size=60))
def test_no_text_becomes_another_kind_of_link(text: str) -> None:
    address = cells.website(text)
    assert not address or address.startswith(("http://", "https://"))
    assert not set(address) & set("<>\"'` \n")


@pytest.mark.parametrize(
    ("text", "digits", "repaired"),
    [
        ("01217445522", "01217445522", False),
        ("2072831147", "02072831147", True),
        ("0121-248-7614", "01212487614", False),
        ("+44 (0)121 744 5522", "01217445522", False),
        ("971047069000", "971047069000", False),
        ("N/A", "", False),
        ("123", "", False),
    ],
)
def test_a_lost_zero_is_put_back(text: str, digits: str, repaired: bool) -> None:
    assert cells.telephone(text) == (digits, repaired)


def test_small_readings() -> None:
    assert [cells.whole(text) for text in ("7", "1,594", "7.0", "5.00E+06", "", "-3", "²", "SUPP")] == [
        7, 1594, 7, None, None, None, None, None,
    ]  # fmt: skip
    assert cells.something("Does not apply") == cells.something("None") == ""
    assert cells.squeeze(" a\x07\tb \n c ") == "a b c"
    assert cells.known_day("01-01-1900") is None
    assert cells.known_day("31-08-2018") == date(2018, 8, 31)
    assert [cells.yes_or_no(text) for text in ("Yes", "0", "perhaps")] == [True, False, None]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("ST BENEDICT CATHOLIC ACADEMY TRUST", "St Benedict Catholic Academy Trust"),
        ("THE ALEC REED ACADEMY", "The Alec Reed Academy"),
        ("THE WESTMINSTER ACADEMY (WESTBOURNE GREEN)", "The Westminster Academy (Westbourne Green)"),
        ("ST MARY'S AND ALL SAINTS' CE MAT", "St Mary's and All Saints' CE MAT"),
        ("O'BRIEN-MCAULEY TRUST OF THE NORTH", "O'Brien-McAuley Trust of the North"),
        ("LDBS ACADEMIES TRUST 2", "LDBS Academies Trust 2"),
        ("Tove Learning Trust", "Tove Learning Trust"),
        ("", ""),
    ],
)
def test_trusts_no_longer_shout(given: str, shown: str) -> None:
    assert trust_name(given) == shown


def test_schools_are_named_by_urn_dfe_number_or_name() -> None:
    assert parse_ref("104050") == parse_ref("104050.0") == SchoolRef(urn=104050)
    assert (
        parse_ref("334/2019") == parse_ref("3342019") == SchoolRef(la_code="334", establishment_number="2019")
    )
    assert parse_ref("334/2019").dfe_number == "334/2019"
    assert parse_ref(" Shirley  Heath ") == SchoolRef(name="Shirley Heath")
    for text, said in (("", "blank"), ("1.04E+05", "rounded"), ("12", "URN")):
        with pytest.raises(RefFault, match=said):
            parse_ref(text)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Headteacher", "head"),
        ("SENDCo", "senco"),
        ("Designated Safeguarding Lead", "dsl"),
        ("Head of Year", "transition_lead"),
        ("T.A.", None),
        ("TA", "support_staff"),
        ("Assistant headteacher", "deputy_head"),
        ("Children's champion", None),
        ("", None),
    ],
)
def test_a_role_is_a_known_word_or_nothing(words: str, code: str | None) -> None:
    assert roles.role_code(words) == code

"""The pupil list and the offer list."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schools.formats.errors import FileRefused, Parsed
from schools.formats.refs import SchoolRef
from schools.formats.upn import check_letter
from transitions.formats import offers_csv, pupil_csv
from transitions.formats.offers_csv import OfferRecord, read_offers
from transitions.formats.pupil_csv import PupilCsvRecord, read_pupils
from transitions.formats.words import need_codes, sen_code, year_group

UPN = check_letter("899000126001") + "899000126001"
TEMPORARY = check_letter("89900012600A") + "89900012600A"
HEAD = "UPN,Surname,Forename,DOB,SEN,Year,FSM,Going to\n"


def pupils(text: str) -> list[Parsed[PupilCsvRecord]]:
    return list(read_pupils(text.encode()))


def offers(text: str) -> list[Parsed[OfferRecord]]:
    return list(read_offers(text.encode()))


def test_the_pupil_template_is_read_once_it_is_filled() -> None:
    line = f"{UPN},Bee,Ann,Annie,01/09/2015,F,Year 6,6B,SEN support,SLCN; autism,Polish,yes,no,900001\r\n"
    (item,) = pupils(pupil_csv.TEMPLATE + line)
    assert item.record == PupilCsvRecord(
        line=2,
        upn=UPN,
        upn_is_temporary=False,
        surname="Bee",
        forename="Ann",
        born_on=date(2015, 9, 1),
        known_as="Annie",
        sex="F",
        year_group="6",
        class_name="6B",
        sen="K",
        needs=("SLCN", "ASD"),
        language="Polish",
        fsm=True,
        in_care=False,
        destination=SchoolRef(urn=900001),
    )
    with pytest.raises(FileRefused, match="nothing beneath"):
        pupils(pupil_csv.TEMPLATE)


def test_a_child_without_a_upn_is_normal() -> None:
    (item,) = pupils("first name;last name;date of birth\nAnn;Bee;2015-09-01\n")
    assert item.ok
    assert item.record
    assert (item.record.upn, item.record.sen, item.record.fsm) == ("", "", None)


def test_columns_the_list_lacks_are_known() -> None:
    file = read_pupils(b"Surname,Forename,DOB,SEN,Ethnicity\nBee,Ann,2015-09-01,,X\n")
    assert file.present == {"surname", "forename", "born_on", "sen"}
    assert len(list(file)) == 1
    assert file.warnings == ["Not read, as no use is made of it: “Ethnicity”."]


def test_a_upn_is_tidied_and_a_temporary_one_known() -> None:
    one, two = pupils(HEAD + f"' {UPN.lower()},Bee,Ann,2015-09-01\n{TEMPORARY},Cee,Bo,2015-09-02\n")
    assert one.record
    assert two.record
    assert (one.record.upn, one.record.upn_is_temporary, two.record.upn_is_temporary) == (UPN, False, True)


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("8.99E+11,Bee,Ann,2015-09-01", "UPN", "rounded number"),
        ("899000126001,Bee,Ann,2015-09-01", "UPN", "lost its first letter"),
        (f"{UPN[:-1]}2,Bee,Ann,2015-09-01", "UPN", "check letter should be"),
        (",Bee,Ann,42248", "DOB", "day number"),
        (",Bee,Ann,09/25/2015", "DOB", "month first"),
        (",Bee,Ann,", "DOB", "blank"),
        (",,Ann,2015-09-01", "Surname", "blank"),
        (",Bee,,2015-09-01", "Forename", "blank"),
        (",Bee,Ann,2015-09-01,Z", "SEN", "N (no SEN), K"),
        (",Bee,Ann,2015-09-01,K,eleventeen", "Year", "year group"),
        (",Bee,Ann,2015-09-01,K,6,perhaps", "FSM", "yes or no"),
        (",Bee,Ann,2015-09-01,K,6,yes,17", "Going to", "URN"),
        (",Bee,Ann,2015-09-01,K,6,yes,900001,,,x", "", "more cells"),
    ],
)
def test_a_wrong_child_is_refused_alone_under_its_own_heading(line: str, column: str, said: str) -> None:
    good, bad = pupils(HEAD + f",Good,One,2015-08-31\n{line}\n")
    assert good.ok
    (problem,) = bad.problems
    assert (problem.line, problem.column) == (3, column)
    assert said in problem.reason
    assert "Bee" not in problem.reason


def test_month_first_dates_put_the_whole_column_in_doubt() -> None:
    found = pupils(HEAD + ",Bee,Ann,03/04/2016\n,Cee,Bo,03/25/2016\n,Dee,Cy,04/04/2016\n")
    assert [item.ok for item in found] == [False, False, True]


def test_the_same_child_twice() -> None:
    file = read_pupils((HEAD + f"{UPN},Bee,Ann,2015-09-01\n{UPN},Bee,Ann,01/09/2015\n").encode())
    assert [item.line for item in file] == [2]
    assert "taken once (line 3)" in file.warnings[-1]
    one, two = pupils(HEAD + f"{UPN},Bee,Ann,2015-09-01,K\n{UPN},Bee,Ann,2015-09-01,E\n")
    assert (
        one.problems[0].reason
        == "Line 3 has the same UPN and another “SEN”: it must be decided which is right"
    )
    assert "Line 2" in two.problems[0].reason


def test_old_words_and_unknown_needs_are_noted() -> None:
    (item,) = pupils(
        "Surname,Forename,DOB,SEN,Needs\nBee,Ann,2015-09-01,Statement,BESD; QQ; shy of loud rooms\n"
    )
    assert item.record
    assert (item.record.sen, item.record.needs) == ("E", ("SEMH", "QQ"))
    assert len(item.notes) == 2
    assert "loud" not in "".join(item.notes)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Y6", "6"),
        ("Year 06", "6"),
        ("11", "11"),
        ("Reception", "R"),
        ("R", "R"),
        ("Nursery", "N2"),
        ("15", None),
    ],
)
def test_year_groups(words: str, code: str | None) -> None:
    assert year_group(words) == code


def test_sen_words() -> None:
    assert [sen_code(words) for words in ("EHCP", "No SEN", "School Action Plus", "often")] == [
        ("E", False),
        ("N", False),
        ("K", True),
        None,
    ]
    assert need_codes("Speech, language and communication") == (("SLCN",), ())
    assert need_codes("asd/ADHD") == (("ASD", "ADHD"), ("ADHD",))
    assert need_codes("") == ((), ())


OFFERS = "UPN,Surname,Forename,DOB,Present school,Offered school,State,Date\n"


def test_the_offer_template_is_read_once_it_is_filled() -> None:
    assert offers_csv.TEMPLATE.startswith("UPN,Legal surname,Legal forename,Date of birth,Present school,")
    (item,) = offers(offers_csv.TEMPLATE + f"{UPN},,,,900001,899/4001,Named in EHC plan,01/03/2027\r\n")
    assert item.record == OfferRecord(
        line=2,
        upn=UPN,
        surname="",
        forename="",
        born_on=None,
        present_school=SchoolRef(urn=900001),
        offered_school=SchoolRef(la_code="899", establishment_number="4001"),
        state="named",
        dated_on=date(2027, 3, 1),
    )


def test_a_child_may_be_named_instead() -> None:
    (item,) = offers("Surname,Forename,DOB,School offered\nBee,Ann,01/09/2015,Northfield School\n")
    assert item.record
    assert item.record.state == "offered"
    assert item.record.offered_school.name == "Northfield School"


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        (",Bee,Ann,,,900001", "UPN", "one is blank"),
        ("8.99E+11,,,,,900001", "UPN", "rounded number"),
        (f"{UPN},,,,,", "Offered school", "blank"),
        (f"{UPN},,,,,9.0E+05", "Offered school", "rounded"),
        (f"{UPN},,,,,900001,waiting list", "State", "no offer"),
        (f"{UPN},,,,,900001,maybe", "State", "offered, accepted, or named"),
        (f"{UPN},,,,,900001,offered,2027-02-30", "Date", "no such day"),
        (",Bee,Ann,09/25/2015,,900001", "DOB", "month first"),
    ],
)
def test_a_wrong_offer_is_refused_alone(line: str, column: str, said: str) -> None:
    good, bad = offers(OFFERS + f",Good,One,2015-08-31,,900001\n{line}\n")
    assert good.ok
    (problem,) = bad.problems
    assert (problem.line, problem.column) == (3, column)
    assert said in problem.reason


def test_two_offers_for_one_child_must_be_decided() -> None:
    one, two = offers(OFFERS + f"{UPN},,,,,900001,accepted\n{UPN},,,,,900002\n")
    assert "Line 3 has another offer" in one.problems[0].reason
    assert "Line 2 has another offer" in two.problems[0].reason
    file = read_offers((OFFERS + f"{UPN},,,,,900001\n{UPN},,,,,900001\n").encode())
    assert [item.line for item in file] == [2]
    assert "taken once" in file.warnings[0]


def test_a_list_that_finds_no_child_is_refused() -> None:
    with pytest.raises(FileRefused, match="could not be found"):
        read_offers(b"Surname,Offered school\nBee,900001\n")
    with pytest.raises(FileRefused, match="“Offered school” is missing"):
        read_offers(b"UPN\nx\n")


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.tuples(st.sampled_from([HEAD, OFFERS, pupil_csv.TEMPLATE]), st.text(max_size=150)).map(
        lambda parts: "".join(parts).encode("utf-8", "replace")
    )
)
def test_any_bytes_are_children_or_a_refusal(data: bytes) -> None:
    for read in (read_pupils, read_offers):
        try:
            for item in read(data):
                assert item.ok or item.problems
        except FileRefused as refused:
            assert refused.reason.endswith(".")  # noqa: PT017

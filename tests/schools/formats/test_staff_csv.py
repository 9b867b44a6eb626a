"""The staff list."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schools.formats.errors import FileRefused, Parsed
from schools.formats.refs import SchoolRef
from schools.formats.staff_csv import TEMPLATE, StaffRecord, read_staff


def rows(text: str) -> list[Parsed[StaffRecord]]:
    return list(read_staff(text.encode()))


def test_the_template_is_read_once_it_is_filled() -> None:
    assert TEMPLATE == "Name,E-mail,Role,Service,School,From\r\n"
    (item,) = rows(TEMPLATE + "Ada Byrne,Ada@Mill.example.uk,SENCO,,900001,01/09/2026\r\n")
    assert item.record == StaffRecord(
        name="Ada Byrne",
        email="ada@mill.example.uk",
        role="senco",
        service="",
        school=SchoolRef(urn=900001),
        starts_on=date(2026, 9, 1),
    )
    with pytest.raises(FileRefused, match="nothing beneath"):
        rows(TEMPLATE)


def test_someone_without_an_address_is_welcome() -> None:
    (item,) = rows("Name;Role\nCarl Dean;Teaching assistant\n")
    assert item.record == StaffRecord("Carl Dean", "", "support_staff", "", None, None)


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        (",a@b.uk,senco,,,", "Name", "blank"),
        ("A B,not-an-address,senco,,,", "E-mail", "no|not an e-mail"),
        ("A B,,wizard,,,", "Role", "none of the roles"),
        ("A B,,,,,", "Role", "blank"),
        ("A B,,LA officer,gardening,,", "Service", "virtual school"),
        ("A B,,senco,,12,", "School", "URN"),
        ("A B,,senco,,,09/25/2026", "From", "month first"),
        ("A B,,senco,,,46266", "From", "day number"),
        ("A B,,senco,,,,too,much", "", "more cells"),
    ],
)
def test_a_wrong_row_is_refused_alone(line: str, column: str, said: str) -> None:
    found = rows(TEMPLATE + f"Good One,,head,,,\n{line}\n")
    assert [item.ok for item in found] == [True, False]
    (problem,) = found[1].problems
    assert (problem.line, problem.column) == (3, column)
    assert any(part in problem.reason for part in said.split("|"))


def test_every_fault_of_a_row_is_told_at_once() -> None:
    (item,) = rows(TEMPLATE + ",x,wizard,,,soon\n")
    assert [problem.column for problem in item.problems] == ["Name", "E-mail", "Role", "From"]


def test_an_officer_has_a_service() -> None:
    found = rows(TEMPLATE + "A,,LA officer,SEND,,\nB,,virtual school head,,,\nC,,LA officer,,,\n")
    assert [item.record.service for item in found if item.record] == ["send", "virtual_school", "other"]
    assert "without a service" in found[2].notes[0]


def test_one_person_may_hold_two_posts_and_one_address_has_one_owner() -> None:
    file = read_staff(
        (
            TEMPLATE + "Ann,a@b.uk,senco,,,\nAnn,a@b.uk,dsl,,,\nAnn,a@b.uk,dsl,,,\nBob,a@b.uk,head,,,\n"
        ).encode()
    )
    found = list(file)
    assert [item.ok for item in found] == [True, True, False]
    assert "Line 2 gives this address to someone else" in found[2].problems[0].reason
    assert "taken once (line 4)" in file.warnings[0]


def test_a_shared_mailbox_is_told() -> None:
    (item,) = rows(TEMPLATE + "Ann,Office@mill.example.uk,school office,,,\n")
    assert item.ok
    assert "shared mailbox" in item.notes[0]


def test_one_month_first_date_puts_its_neighbours_in_doubt() -> None:
    found = rows(TEMPLATE + "A,,head,,,03/04/2026\nB,,head,,,03/25/2026\nC,,head,,,2026-03-04\n")
    assert [item.ok for item in found] == [False, False, True]
    assert "could be read either way" in found[0].problems[0].reason


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: (TEMPLATE + text).encode("utf-8", "replace"))
)
def test_any_bytes_are_posts_or_a_refusal(data: bytes) -> None:
    try:
        for item in read_staff(data):
            assert item.ok or item.problems
    except FileRefused as refused:
        assert refused.reason.endswith(".")  # noqa: PT017

"""Links between schools (who came after whom) and membership of trusts, from the two smaller GIAS files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from schools.formats.cells import is_scientific, known_day, something, squeeze, whole
from schools.formats.codes import fold_name
from schools.formats.columns import Column, match
from schools.formats.dates import DateFault
from schools.formats.errors import FileRefused, Notes, Parsed, Problem
from schools.formats.gias_files import GROUP_LINKS, LINKS, open_gias
from schools.formats.gias_groups import trust_name
from schools.formats.table import Row

LINK_COLUMNS = (
    Column("urn", "URN", required=True),
    Column("link_urn", "LinkURN", required=True),
    Column("link_name", "LinkName"),
    Column("link_type", "LinkType", required=True),
    Column("established_on", "LinkEstablishedDate"),
)
GROUP_COLUMNS = (
    Column("urn", "URN", required=True),
    Column("group_uid", "Linked UID", required=True),
    Column("group_name", "Group Name", required=True),
    Column("companies_house_number", "Companies House Number"),
    Column("group_type_name", "Group Type", required=True),
    Column("group_type_code", "Group Type (code)"),
    Column("opened_on", "Open date"),
    Column("incorporated_on", "Incorporated on (open date)"),
    Column("closed_on", "Closed Date"),
    Column("group_status", "Group Status"),
    Column("joined_on", "Joined date"),
    Column("school_name", "EstablishmentName"),
    Column("la_code", "LA (code)"),
)
_GROUP_KINDS = {"05": "sponsor", "06": "trust", "10": "trust"}
_GROUP_CODES = {"school sponsor": "05", "multi academy trust": "06", "single academy trust": "10"}


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """`relation` is predecessor, successor, sixth_form or other: what the linked school is to this one."""

    urn: int
    link_urn: int
    link_name: str
    link_type: str
    relation: str
    established_on: date | None


@dataclass(frozen=True, slots=True)
class GroupLinkRecord:
    """A school's membership. `kind` is trust, sponsor or other: a school may have a row of each.

    Codes and company numbers are text with their leading zeros; `group_name` is in title case where GIAS
    shouts, `name_as_given` as in the file.
    """

    urn: int
    group_uid: str
    group_name: str
    name_as_given: str
    kind: str
    group_type_code: str
    group_type_name: str
    companies_house_number: str
    opened_on: date | None
    closed_on: date | None
    is_open: bool
    joined_on: date | None
    school_name: str
    la_code: str


class _GiasFile:
    """What both readers share: headings checked at once, rows read once, warnings complete at the end."""

    def __init__(self, source: bytes | BinaryIO, kind: str, columns: tuple[Column, ...], called: str) -> None:
        self.member, self._table = open_gias(source, kind)
        self._headings = match(self._table, columns, called=called)
        self._notes = Notes()
        self.rows = 0

    @property
    def warnings(self) -> list[str]:
        return self._notes.sentences()

    def _rows(self) -> Iterator[tuple[Row, Problem | None]]:
        """Rows as GIAS writes them are at most one field short; the last may not break off."""
        width, broken_off = len(self._table.header), False
        for row in self._table:
            self.rows += 1
            broken_off = len(row.cells) < width - 1
            problem = None
            if broken_off or len(row.cells) > width:
                told = f"The row has {len(row.cells)} cells where the headings are {width}"
                problem = Problem(row.line, "", "", told)
            yield row, problem
        if not self.rows:
            raise FileRefused("The file has headings and nothing beneath them: download it again.")
        if broken_off:
            raise FileRefused("The file breaks off in the middle of its last row: download it again.")

    def _text(self, row: Row, field: str) -> str:
        return self._headings.text(row, field)

    def _urn(self, row: Row, field: str) -> int | Problem:
        text = self._text(row, field)
        urn = whole(text)
        if urn is not None and 10_000 <= urn <= 999_999:
            return urn
        reason = "A spreadsheet rounded this URN" if is_scientific(text) else "A URN has six digits"
        return Problem(row.line, self._headings.heading(field), text, reason)

    def _day(self, row: Row, field: str) -> date | None:
        try:
            return known_day(self._text(row, field))
        except DateFault:
            heading = self._headings.heading(field)
            self._notes.add(f"“{heading}” holds something that is no date and is left blank", row.line)
            return None


class LinkFile(_GiasFile):
    """The links file: five columns, Windows-1252 as the service writes it."""

    def __iter__(self) -> Iterator[Parsed[LinkRecord]]:
        for row, problem in self._rows():
            urn, link_urn = self._urn(row, "urn"), self._urn(row, "link_urn")
            problems = tuple(p for p in (problem, urn, link_urn) if isinstance(p, Problem))
            if problems or isinstance(urn, Problem) or isinstance(link_urn, Problem):
                yield Parsed(row.line, None, problems)
                continue
            name = squeeze(self._text(row, "link_name"))
            if "\ufffd" in name:
                self._notes.add("A name holds a broken character, as in the file", row.line)
            link_type = squeeze(self._text(row, "link_type"))
            established_on = self._day(row, "established_on")
            yield Parsed(
                row.line, LinkRecord(urn, link_urn, name, link_type, _relation(link_type), established_on)
            )


class GroupLinkFile(_GiasFile):
    """The group links file of academies: every row is one field short of its headings."""

    def __iter__(self) -> Iterator[Parsed[GroupLinkRecord]]:
        for row, problem in self._rows():
            urn, uid = self._urn(row, "urn"), whole(self._text(row, "group_uid"))
            given = something(self._text(row, "group_name"))
            problems = [p for p in (problem, urn) if isinstance(p, Problem)]
            if not uid:
                shown = self._text(row, "group_uid")
                problems.append(Problem(row.line, "Linked UID", shown, "A group's UID is a number"))
            if not given:
                problems.append(Problem(row.line, "Group Name", "", "The group's name is blank"))
            if problems or isinstance(urn, Problem):
                yield Parsed(row.line, None, tuple(problems))
                continue
            yield Parsed(row.line, self._record(row, urn, str(uid), given))

    def _record(self, row: Row, urn: int, uid: str, given: str) -> GroupLinkRecord:
        type_name = something(self._text(row, "group_type_name"))
        code = self._text(row, "group_type_code") or _GROUP_CODES.get(fold_name(type_name), "")
        code = code.zfill(2) if code.isdigit() else code
        company = something(self._text(row, "companies_house_number")).upper()
        if company.isdigit() and len(company) < 8:
            self._notes.add("A company number had lost its leading 0, which was put back", row.line)
            company = company.zfill(8)
        closed_on = self._day(row, "closed_on")
        la_code = self._text(row, "la_code")
        return GroupLinkRecord(
            urn=urn,
            group_uid=uid,
            group_name=trust_name(given),
            name_as_given=given,
            kind=_GROUP_KINDS.get(code, "other"),
            group_type_code=code,
            group_type_name=type_name,
            companies_house_number=company if len(company) == 8 else "",
            opened_on=self._day(row, "incorporated_on") or self._day(row, "opened_on"),
            closed_on=closed_on,
            is_open=closed_on is None and not self._text(row, "group_status").casefold().startswith("closed"),
            joined_on=self._day(row, "joined_on"),
            school_name=squeeze(self._text(row, "school_name")),
            la_code=la_code.zfill(3) if la_code.isdigit() else "",
        )


def read_links(source: bytes | BinaryIO) -> LinkFile:
    """The file of predecessors and successors, CSV or in the service's zip."""
    return LinkFile(source, LINKS, LINK_COLUMNS, "file of links")


def read_group_links(source: bytes | BinaryIO) -> GroupLinkFile:
    """The file of trust and sponsor membership, CSV or in the service's zip."""
    return GroupLinkFile(source, GROUP_LINKS, GROUP_COLUMNS, "file of group links")


def _relation(link_type: str) -> str:
    low = link_type.casefold()
    if low.startswith("successor"):
        return "successor"
    if low.startswith(("predecessor", "merged")):
        return "predecessor"
    return "sixth_form" if "sixth form" in low else "other"

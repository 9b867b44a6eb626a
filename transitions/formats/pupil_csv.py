"""The pupil list: for schools whose records system gives no CTF yet, and for children who come without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from schools.formats.columns import Column, template
from schools.formats.errors import Parsed, Problem
from schools.formats.refs import SchoolRef
from schools.formats.sheet import COUNTY, Columns, Sheet, SheetRow
from schools.formats.table import Row
from schools.formats.upn import UpnFault, parse_upn, tidy_upn
from transitions.formats.words import need_codes, sen_code, year_group

COLUMNS = (
    Column("upn", "UPN", ("Unique pupil number", "UPN number")),
    Column("surname", "Legal surname", ("Surname", "Last name", "Family name"), required=True),
    Column(
        "forename", "Legal forename", ("Forename", "First name", "Given name", "Forenames"), required=True
    ),
    Column("known_as", "Known as", ("Preferred forename", "Preferred name", "Preferred first name")),
    Column("born_on", "Date of birth", ("DOB", "Birth date", "Birthdate", "Born"), required=True),
    Column("sex", "Sex", ("Gender", "Legal sex")),
    Column("year_group", "Year group", ("Year", "NC year", "Yr", "NCyear", "National curriculum year")),
    Column(
        "class_name", "Class", ("Reg", "Form", "Registration group", "Reg group", "Tutor group", "Class name")
    ),
    Column("sen", "SEN", ("SEN status", "SEN provision", "SEN code", "SEND status", "SEND")),
    Column("needs", "Needs", ("Need", "SEN needs", "SEN type", "Primary need", "Types of need", "SEN need")),
    Column("language", "First language", ("Language", "Home language", "Mother tongue")),
    Column("fsm", "Free school meals", ("FSM", "FSM eligible", "Eligible for FSM")),
    Column(
        "in_care", "In care", ("Looked after", "LAC", "CLA", "In local authority care", "Child looked after")
    ),
    Column(
        "destination", "Going to", ("Destination", "Destination school", "Next school", "Destination URN")
    ),
)
TEMPLATE = template(COLUMNS)

_SEX = {"m": "M", "male": "M", "boy": "M", "f": "F", "female": "F", "girl": "F"}


@dataclass(frozen=True, slots=True)
class PupilCsvRecord:
    """One child. Only columns in `PupilCsvFile.present` were in the list: leave the others as they are."""

    line: int
    upn: str
    upn_is_temporary: bool
    surname: str
    forename: str
    born_on: date
    known_as: str = ""
    sex: str = ""
    year_group: str = ""
    class_name: str = ""
    sen: str = ""
    needs: tuple[str, ...] = ()
    language: str = ""
    fsm: bool | None = None
    in_care: bool | None = None
    destination: SchoolRef | None = None


class PupilCsvFile:
    """Read at once. A child who stands twice with the same facts is given once; with others, as a problem."""

    def __init__(self, source: bytes) -> None:
        self._sheet = Sheet(source, COLUMNS, called="pupil list", dates=("born_on",), limits=COUNTY)
        self.present = self._sheet.headings.present
        self.rows = self._sheet.count

    @property
    def warnings(self) -> list[str]:
        """Complete once all rows have been read."""
        return self._sheet.notes.sentences()

    def __iter__(self) -> Iterator[Parsed[PupilCsvRecord]]:
        columns = Columns(self._sheet, _READERS)
        parsed = [_plain(row, columns) or _parse(SheetRow(self._sheet, row)) for row in self._sheet]
        known: dict[object, list[PupilCsvRecord]] = {}
        for item in parsed:
            if item.record:
                known.setdefault(_who(item.record), []).append(item.record)
        for item in parsed:
            same = known[_who(item.record)] if item.record else []
            if item.record is None or len(same) < 2:
                yield item
                continue
            other = next((one for one in same if replace(one, line=item.line) != item.record), None)
            if other:
                yield replace(item, problems=(_undecided(item.record, other),))
            elif item.record is same[0]:
                yield item
            else:
                self._sheet.notes.add("A child stood twice in the list and was taken once", item.line)


def read_pupils(source: bytes) -> PupilCsvFile:
    """Raises FileRefused for what is no pupil list."""
    return PupilCsvFile(source)


def read_upn(reading: SheetRow, field: str = "upn") -> tuple[str, bool]:
    """A UPN as people type it, and whether it is temporary; "" where blank, which is normal (practice P22)."""
    text = reading.text(field)
    if not text:
        return "", False
    try:
        upn = parse_upn(tidy_upn(text))
    except UpnFault as fault:
        reading.fault(field, fault.reason)
        return "", False
    return upn.value, upn.temporary


def _parse(reading: SheetRow) -> Parsed[PupilCsvRecord]:
    found = {field: read(reading) for field, read in _READERS.items()}
    if reading.problems:
        return Parsed(reading.line, None, tuple(reading.problems), tuple(reading.notes))
    upn, temporary = found.pop("upn")
    record = PupilCsvRecord(line=reading.line, upn=upn, upn_is_temporary=temporary, **found)
    return Parsed(reading.line, record, (), tuple(reading.notes))


def _plain(row: Row, columns: Columns) -> Parsed[PupilCsvRecord] | None:
    """The same of a row about which there is nothing to be said, in a fifth of the time; else None."""
    if (found := columns.values(row)) is None:
        return None
    upn, temporary = found.pop("upn", ("", False))
    return Parsed(row.line, PupilCsvRecord(line=row.line, upn=upn, upn_is_temporary=temporary, **found))


def _chosen(reading: SheetRow, field: str, choices: dict[str, str], reason: str) -> str:
    text = reading.text(field)
    if text and text.casefold() not in choices:
        reading.fault(field, reason)
    return choices.get(text.casefold(), "")


def _year(reading: SheetRow) -> str:
    text = reading.text("year_group")
    found = year_group(text) if text else ""
    if found is None:
        reading.fault("year_group", "Write the year group as Reception, or as a number from 1 to 14")
    return found or ""


def _sen(reading: SheetRow) -> str:
    text = reading.text("sen")
    if not text:
        return ""
    found = sen_code(text)
    if found is None:
        reading.fault("sen", "Write N (no SEN), K (SEN support) or E (EHC plan)")
        return ""
    if found[1]:
        reading.note("An old word for SEN provision was read as what replaced it")
    return found[0]


def _needs(reading: SheetRow) -> tuple[str, ...]:
    codes, unknown = need_codes(reading.text("needs", 300))
    if unknown:
        reading.note("A need is none of the census's codes: a short code was kept, other words were left out")
    return codes


_READERS: dict[str, Callable[[SheetRow], Any]] = {
    "upn": read_upn,
    "surname": lambda row: row.needed("surname", "The surname is blank"),
    "forename": lambda row: row.needed("forename", "The forename is blank"),
    "born_on": lambda row: row.day("born_on", missing="The birth date is blank"),
    "sex": lambda row: _chosen(row, "sex", _SEX, "Write M or F, or leave it blank"),
    "year_group": _year,
    "sen": _sen,
    "needs": _needs,
    "fsm": lambda row: row.flag("fsm"),
    "in_care": lambda row: row.flag("in_care"),
    "destination": lambda row: row.school("destination"),
    "known_as": lambda row: row.text("known_as", 100),
    "class_name": lambda row: row.text("class_name", 40),
    "language": lambda row: row.text("language", 60),
}
"""How each column is read; what is wrong is told in this order."""


def _who(record: PupilCsvRecord) -> object:
    return record.upn or (record.surname.casefold(), record.forename.casefold(), record.born_on)


def _undecided(record: PupilCsvRecord, other: PupilCsvRecord) -> Problem:
    shown = {column.field: column.heading for column in COLUMNS}
    differing = [
        shown[field.name]
        for field in fields(PupilCsvRecord)
        if field.name in shown and getattr(record, field.name) != getattr(other, field.name)
    ]
    what = " and ".join(differing[:3])
    by = "UPN" if record.upn else "name and birth date"
    reason = f"Line {other.line} has the same {by} and another “{what}”: it must be decided which is right"
    return Problem(record.line, "repeated", "", reason)

"""Schools from Get Information about Schools: the extract (140 columns), the state-funded list (33) and the
search download (111), matched by heading. Head teachers' names are in the files and are never read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from schools.formats import codes
from schools.formats.cells import is_scientific, known_day, something, squeeze, telephone, website, whole
from schools.formats.columns import Headings, match
from schools.formats.dates import DateFault
from schools.formats.errors import FileRefused, Notes, Parsed, Problem
from schools.formats.geo import to_wgs84
from schools.formats.gias_columns import COLUMNS, NEEDED, present_fields
from schools.formats.gias_files import SCHOOLS, open_gias
from schools.formats.gias_groups import trust_name
from schools.formats.gias_record import SchoolRecord
from schools.formats.stage import phase_group, stage_of
from schools.formats.table import Row

KNOWN_SETS = {140: "extract", 111: "search download", 33: "state-funded list"}
_TRUST_KINDS = {
    "supported by a multi-academy trust": "multi_academy",
    "supported by a single-academy trust": "single_academy",
    "supported by a trust": "foundation",
}


class SchoolFile:
    """Headings are checked at once; rows are read as one iterates, once. Iterating may refuse the file."""

    def __init__(self, source: bytes | BinaryIO) -> None:
        self.member, self._table = open_gias(source, SCHOOLS)
        self._headings = match(self._table, COLUMNS, called="file of schools")
        missing = [shown for fields, shown in NEEDED if not self._headings.present & fields]
        if missing:
            raise FileRefused(f"This is no complete file of schools: the column “{missing[0]}” is missing.")
        self.present = present_fields(self._headings.present)
        self.columns = KNOWN_SETS.get(len(self._table.header), "other")
        self.rows = 0
        self._notes = Notes()
        if self.columns == "other":
            self._notes.add(
                f"The file has {len(self._table.header)} columns; the service's files have 140, 111 or 33. "
                "Columns known by their headings were read"
            )

    @property
    def warnings(self) -> list[str]:
        """Complete once all rows have been read."""
        return self._notes.sentences()

    def __iter__(self) -> Iterator[Parsed[SchoolRecord]]:
        width, seen, broken_off = len(self._table.header), dict[int, int](), False
        for row in self._table:
            self.rows += 1
            broken_off = len(row.cells) < width - 1
            yield self._parse(row, width, seen)
        if not self.rows:
            raise FileRefused("The file has headings and no schools beneath them: download it again.")
        if broken_off:
            raise FileRefused("The file breaks off in the middle of its last row: download it again.")

    def _parse(self, row: Row, width: int, seen: dict[int, int]) -> Parsed[SchoolRecord]:
        problem = self._fault(row, width, seen)
        if problem:
            return Parsed(row.line, None, (problem,))
        urn = whole(self._headings.text(row, "urn"))
        assert urn is not None  # _fault has looked
        seen[urn] = row.line
        reader = _RowReader(row, self._headings, self._notes)
        present = self.present
        if len(row.cells) < width:
            present = present_fields(
                frozenset(f for f in self._headings.present if self._headings.value(row, f) is not None)
            )
        return Parsed(row.line, reader.record(urn, present), (), tuple(reader.notes))

    def _fault(self, row: Row, width: int, seen: dict[int, int]) -> Problem | None:
        """What makes a row unusable; everything else is blanked and noted."""
        text = self._headings.text(row, "urn")
        if len(row.cells) < width - 1:
            told = f"The row has {len(row.cells)} cells where the headings are {width}"
            return Problem(row.line, "", "", told)
        if len(row.cells) > width and "linked" not in self._table.header[-1].casefold():
            return Problem(row.line, "", "", "The row has more cells than headings: a comma is not quoted")
        urn = whole(text)
        if urn is None and is_scientific(text):
            return Problem(row.line, "URN", text, "A spreadsheet rounded this URN: download the file again")
        if urn is None or not 100_000 <= urn <= 999_999:
            return Problem(row.line, "URN", text, "A URN has six digits")
        if urn in seen:
            return Problem(row.line, "URN", text, f"This URN stands already in line {seen[urn]}")
        if not something(self._headings.text(row, "name")):
            return Problem(row.line, "EstablishmentName", "", "The name is blank")
        code, name = (self._headings.text(row, f) for f in ("status_code", "status_name"))
        if not codes.status(code, name):
            told = "The status is not one of GIAS's four"
            return Problem(row.line, "EstablishmentStatus", name or code, told)
        return None


def read_schools(source: bytes | BinaryIO) -> SchoolFile:
    """CSV or the service's zip. FileRefused comes at once for another file, later for one that breaks off."""
    return SchoolFile(source)


class _RowReader:
    """Turns the cells of one sound row into a record."""

    def __init__(self, row: Row, headings: Headings, notes: Notes) -> None:
        self._row, self._headings, self._file_notes = row, headings, notes
        self.notes: list[str] = []

    def record(self, urn: int, present: frozenset[str]) -> SchoolRecord:
        text, real, number, day = self._text, self._real, self._number, self._day
        kind = codes.type_code(text("type_code"), text("type_name"))
        if kind not in codes.TYPES:
            self._note("A type of establishment is not in our list and was kept as it stands")
        phase = codes.phase(text("phase_code"), real("phase_name"))
        low, high = number("low_age"), number("high_age")
        stage = stage_of(type_code=kind, phase=phase, low_age=low, high_age=high)
        easting, northing = number("easting") or None, number("northing") or None
        latitude, longitude = (easting and northing and to_wgs84(easting, northing)) or (None, None)
        la_code = text("la_code")
        in_la = codes.unpad(la_code) not in ("", "0")
        trust = real("trust_name")
        name = squeeze(text("name"))
        if "\ufffd" in name:
            self._note("A name holds a broken character, as in the file")
        return SchoolRecord(
            present=present,
            urn=urn,
            name=name,
            la_code=la_code.zfill(3) if in_la else "",
            la_name=real("la_name") if in_la else "",
            establishment_number=self._establishment_number(),
            type_code=kind,
            type_name=codes.TYPES[kind][0] if kind in codes.TYPES else real("type_name"),
            type_group=codes.type_group(kind) or real("type_group"),
            status=codes.status(text("status_code"), text("status_name")),
            phase=phase,
            stage=stage,
            phase_group=phase_group(stage, phase),
            low_age=low,
            high_age=high,
            gender=real("gender"),
            religious_character=real("religious_character"),
            sixth_form=_has(text("sixth_form")),
            nursery=_has(text("nursery")),
            pupils=number("pupils"),
            capacity=number("capacity"),
            street=real("street"),
            locality=real("locality"),
            address3=real("address3"),
            town=real("town"),
            county=real("county"),
            postcode=real("postcode").upper()[:8],
            telephone=self._telephone(),
            website=self._website(),
            trust_uid=str(uid) if (uid := number("trust_uid")) else "",
            trust_name=trust_name(trust),
            trust_kind=_TRUST_KINDS.get(text("trust_flag").casefold(), ""),
            ukprn=str(ukprn) if (ukprn := number("ukprn")) else "",
            opened_on=day("opened_on"),
            opened_reason=real("opened_reason"),
            closed_on=day("closed_on"),
            closed_reason=real("closed_reason"),
            easting=easting,
            northing=northing,
            latitude=latitude,
            longitude=longitude,
        )

    def _text(self, field: str) -> str:
        return self._headings.text(self._row, field)

    def _real(self, field: str) -> str:
        return something(self._text(field))

    def _number(self, field: str) -> int | None:
        text = self._text(field)
        found = whole(text)
        if found is None and is_scientific(text):
            self._note(f"“{self._headings.heading(field)}” was rounded by a spreadsheet and is left blank")
        return found

    def _day(self, field: str) -> date | None:
        try:
            return known_day(self._text(field))
        except DateFault:
            self._note(f"“{self._headings.heading(field)}” holds something that is no date and is left blank")
            return None

    def _establishment_number(self) -> str:
        number = self._number("establishment_number")
        return f"{number:04d}" if number is not None and number <= 9999 else ""

    def _telephone(self) -> str:
        digits, repaired = telephone(self._text("telephone"))
        if repaired:
            self._note("A telephone number had lost its leading 0, which was put back")
        return digits

    def _website(self) -> str:
        text = self._text("website")
        address = website(text)
        if not address and something(text):
            self._note("A website's address is no http address and is left blank")
        return address

    def _note(self, text: str) -> None:
        self.notes.append(text)
        self._file_notes.add(text, self._row.line)


def _has(text: str) -> bool | None:
    low = text.casefold()
    return True if low.startswith("has ") else False if low.startswith(("does not have", "no ")) else None

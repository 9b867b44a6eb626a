"""The offer list of an LA's admissions team or a receiving school: where each child is to go (practice P2, P3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from schools.formats.columns import Column, template
from schools.formats.errors import FileRefused, Parsed, Problem
from schools.formats.refs import SchoolRef
from schools.formats.sheet import COUNTY, Sheet, SheetRow
from transitions.formats.pupil_csv import read_upn

COLUMNS = (
    Column("upn", "UPN", ("Unique pupil number", "UPN number")),
    Column("surname", "Legal surname", ("Surname", "Last name", "Family name", "Child surname")),
    Column("forename", "Legal forename", ("Forename", "First name", "Given name", "Child forename")),
    Column("born_on", "Date of birth", ("DOB", "Birth date", "Birthdate", "Born")),
    Column(
        "present_school", "Present school", ("Current school", "Current school URN", "Present school URN")
    ),
    Column(
        "offered_school",
        "Offered school",
        (
            "School offered",
            "Offer",
            "Allocated school",
            "Offered school URN",
            "Destination school",
            "Going to",
        ),
        required=True,
    ),
    Column("state", "State", ("Status", "Offer status", "Response")),
    Column("dated_on", "Date", ("Offer date", "Date of offer", "Dated", "Date offered")),
)
TEMPLATE = template(COLUMNS)

_STATES = {
    "offered": "offered|offer|offer made|allocated|allocation|made",
    "accepted": "accepted|offer accepted|accept|yes|confirmed",
    "named": "named|named in plan|named in ehc plan|named in ehcp|ehcp|ehc plan|ehc|named school",
}
_STATE_BY_WORDS = {word: state for state, words in _STATES.items() for word in words.split("|")}
_NO_OFFER = {
    "declined", "refused", "rejected", "withdrawn", "waiting list", "waiting", "wait list", "appeal", "no offer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """One offer: `upn`, or name and birth date (with present school, if given) to match the child by.

    `state` is offered, accepted or named (in an EHC plan); without the column, offered.
    """

    line: int
    upn: str
    surname: str
    forename: str
    born_on: date | None
    present_school: SchoolRef | None
    offered_school: SchoolRef
    state: str
    dated_on: date | None


class OffersFile:
    """Read at once. A child with the same offer twice is given once; with two different ones, as a problem."""

    def __init__(self, source: bytes) -> None:
        self._sheet = Sheet(
            source, COLUMNS, called="offer list", dates=("born_on", "dated_on"), limits=COUNTY
        )
        self.present = self._sheet.headings.present
        if "upn" not in self.present and not {"surname", "forename", "born_on"} <= self.present:
            raise FileRefused(
                "The offer list has neither a UPN column nor surname, forename and date of birth: "
                "a child could not be found by it."
            )
        self.rows = self._sheet.count

    @property
    def warnings(self) -> list[str]:
        """Complete once all rows have been read."""
        return self._sheet.notes.sentences()

    def __iter__(self) -> Iterator[Parsed[OfferRecord]]:
        parsed = [_parse(SheetRow(self._sheet, row)) for row in self._sheet]
        known: dict[object, list[OfferRecord]] = {}
        for item in parsed:
            if item.record:
                known.setdefault(_who(item.record), []).append(item.record)
        for item in parsed:
            same = known[_who(item.record)] if item.record else []
            if item.record is None or len(same) < 2:
                yield item
                continue
            other = next((one for one in same if _offer(one) != _offer(item.record)), None)
            if other:
                reason = (
                    f"Line {other.line} has another offer for the same child: it must be decided which holds"
                )
                yield replace(item, problems=(Problem(item.line, "repeated", "", reason),))
            elif item.record is same[0]:
                yield item
            else:
                self._sheet.notes.add("An offer stood twice in the list and was taken once", item.line)


def read_offers(source: bytes) -> OffersFile:
    """Raises FileRefused for what is no offer list."""
    return OffersFile(source)


def _parse(reading: SheetRow) -> Parsed[OfferRecord]:
    upn, _temporary = read_upn(reading)
    surname, forename = reading.text("surname", 100), reading.text("forename", 100)
    born_on = reading.day("born_on")
    if not reading.text("upn") and not (surname and forename and reading.text("born_on")):
        reading.fault(
            "upn", "Without a UPN a child is found by surname, forename and birth date: one is blank"
        )
    present = reading.school("present_school")
    offered = reading.school("offered_school", missing="The offered school is blank")
    state = _state(reading)
    dated_on = reading.day("dated_on")
    if reading.problems or offered is None:
        return Parsed(reading.line, None, tuple(reading.problems), tuple(reading.notes))
    record = OfferRecord(
        line=reading.line,
        upn=upn,
        surname=surname,
        forename=forename,
        born_on=born_on,
        present_school=present,
        offered_school=offered,
        state=state,
        dated_on=dated_on,
    )
    return Parsed(reading.line, record, (), tuple(reading.notes))


def _state(reading: SheetRow) -> str:
    words = re.sub(r"[^a-z]+", " ", reading.text("state").casefold()).strip()
    if not words:
        return "offered"
    if words in _NO_OFFER:
        reading.fault(
            "state", "This row is no offer: leave out what was declined, withdrawn or is still waited for"
        )
    elif words not in _STATE_BY_WORDS:
        reading.fault("state", "Write offered, accepted, or named in plan")
    return _STATE_BY_WORDS.get(words, "")


def _who(record: OfferRecord) -> object:
    return record.upn or (record.surname.casefold(), record.forename.casefold(), record.born_on)


def _offer(record: OfferRecord) -> object:
    return record.offered_school, record.state

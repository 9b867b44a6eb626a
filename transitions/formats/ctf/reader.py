"""Reads a common transfer file, CTF 17 to 26, with a warning for newer ones."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import BinaryIO

from schools.formats.errors import FileRefused, Notes, Parsed, Problem
from transitions.formats.ctf.header import HEADER_WANTED, read_header
from transitions.formats.ctf.pupils import PUPIL_WANTED, PupilReader
from transitions.formats.ctf.records import PupilRecord
from transitions.formats.ctf.xml import Stream

_WORDS = {
    "upn": "UPN",
    "surname": "surname",
    "forename": "forename",
    "born_on": "birth date",
    "preferred_surname": "preferred names",
    "preferred_forename": "preferred names",
    "sex": "sex",
    "year_group": "year group",
    "enrol_status": "enrolment",
    "sen_history": "SEN provision",
    "needs": "SEN needs",
    "languages": "language",
    "fsm_history": "free school meals",
    "in_care": "care",
    "care_authority": "care",
    "medical_flag": "medical flag",
    "attendance": "attendance",
    "school_history": "school history",
}


class CtfFile:
    """`header` is read at once, the pupils when one iterates, once; iterating may still refuse the file.

    A pupil who stands twice with the same facts is given once. With different facts each copy is given with
    its record and a Problem of column "repeated": someone must decide which is right.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._notes = Notes()
        self._stream = Stream(source, header=HEADER_WANTED, pupil=PUPIL_WANTED)
        self.header = read_header(self._stream.header, self._notes)
        self.rows = 0
        on = self.header.made_at.date() if self.header.made_at else None
        self._reader = PupilReader(on=on, notes=self._notes)

    @property
    def warnings(self) -> list[str]:
        """Complete once all pupils have been read."""
        told = self._notes.sentences()
        if self._reader.unknown_needs:
            codes = ", ".join(sorted(self._reader.unknown_needs)[:20])
            told.append(f"Codes of need we do not know were kept as they stand: {codes}.")
        return told

    def __iter__(self) -> Iterator[Parsed[PupilRecord]]:
        """Reads to the end first: only then is it known who stands twice."""
        parsed: list[Parsed[PupilRecord]] = []
        for node in self._stream.pupils():
            self.rows += 1
            parsed.append(self._reader.read(node, self.rows))
        if not parsed:
            raise FileRefused("The file holds no pupils.")
        yield from _settle_repeats(parsed, self._notes)


def read_ctf(source: bytes | BinaryIO) -> CtfFile:
    """Raises FileRefused, here or while one iterates, with one sentence for the person who uploaded it."""
    return CtfFile(io.BytesIO(source) if isinstance(source, bytes) else source)


def _settle_repeats(parsed: list[Parsed[PupilRecord]], notes: Notes) -> Iterator[Parsed[PupilRecord]]:
    groups: dict[object, list[PupilRecord]] = defaultdict(list)
    for item in parsed:
        if item.record:
            groups[_who(item.record)].append(item.record)
    for item in parsed:
        record = item.record
        same = groups[_who(record)] if record else []
        if record is None or len(same) < 2:
            yield item
            continue
        others = [other for other in same if _differences(record, other)]
        if others:
            yield replace(item, problems=(*item.problems, _undecided(record, others[0])))
        elif record.place == same[0].place:
            yield item
        else:
            notes.add("A pupil stood twice in the file with the same facts and was taken once", record.place)


def _who(record: PupilRecord) -> object:
    return record.upn or (record.surname.casefold(), record.forename.casefold(), record.born_on)


def _differences(one: PupilRecord, two: PupilRecord) -> list[str]:
    """In words, never in values; capitals make no difference."""
    found = (
        _WORDS[field.name]
        for field in fields(PupilRecord)
        if field.name in _WORDS and _plain(getattr(one, field.name)) != _plain(getattr(two, field.name))
    )
    return list(dict.fromkeys(found))


def _plain(value: object) -> object:
    """Some systems write names in capitals: that is no other fact."""
    return value.casefold() if isinstance(value, str) else value


def _undecided(record: PupilRecord, other: PupilRecord) -> Problem:
    what = " and ".join(_differences(record, other)[:3])
    by = "UPN" if record.upn else "name and birth date"
    reason = f"Pupil {other.place} has the same {by} and another {what}: it must be decided which is right"
    return Problem(record.place, "repeated", "", reason)

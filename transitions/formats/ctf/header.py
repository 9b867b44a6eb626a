"""The header of a CTF, and the file name that should say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from schools.formats.cells import squeeze
from schools.formats.errors import FileRefused, Notes
from transitions.formats.ctf.records import CtfHeader, CtfSchool
from transitions.formats.ctf.xml import Node, Wanted

OLDEST, NEWEST = 17, 26  # CTF 17 came in 2017; older ones lack what we rely on and have no sender left to ask

_SCHOOL: Wanted = {"LEA": {}, "Estab": {}, "URN": {}, "SchoolName": {}, "AcademicYear": {}}
HEADER_WANTED: Wanted = {
    "DocumentName": {},
    "CTFversion": {},
    "DateTime": {},
    "DocumentQualifier": {},
    "DataDescriptor": {},
    "SupplierID": {},
    "SourceSchool": _SCHOOL,
    "DestSchool": _SCHOOL,
}

_PARTY = r"(?:([0-9]{3})([0-9]{4}|L{4})|(X{7})|(M{7}))"
_NAME = re.compile(rf"^{_PARTY}_CTF_{_PARTY}_([0-9]{{3}})(?: ?\([0-9]+\))?\.xml$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CtfName:
    """What a file name of the form LLLEEEE_CTF_LLLEEEE_NNN.xml says."""

    source: CtfSchool
    destination: CtfSchool
    sequence: int


def check_name(filename: str) -> CtfName | None:
    """None for a name of another form: that alone refuses no file."""
    found = _NAME.match(filename.replace("\\", "/").rsplit("/", 1)[-1].strip())
    if not found:
        return None
    return CtfName(_party(*found.group(1, 2, 3, 4)), _party(*found.group(5, 6, 7, 8)), int(found[9]))


def name_warnings(filename: str, header: CtfHeader) -> list[str]:
    """Where name and header disagree; the header is what we go by."""
    name = check_name(filename)
    if name is None:
        return ["The file's name is not of the form 3342019_CTF_3344015_001.xml, so it could not be checked."]
    told = []
    for said, held, who in (
        (name.source, header.source, "sender"),
        (name.destination, header.destination, "receiver"),
    ):
        if said.kind != held.kind or (said.kind == "school" and _number(said) != _number(held)):
            told.append(f"The file's name and its header name different {who}s: the header is believed.")
    return told


def read_header(node: Node, notes: Notes) -> CtfHeader:
    """Refuses a version we cannot rely on and a file without a sender."""
    version = node.get("CTFversion")
    number = re.match(r"^([0-9]{1,3})(?:\.[0-9]+)?$", version)
    if not number:
        raise FileRefused("The header does not say which version of the CTF this is.")
    major = int(number[1])
    if major < OLDEST:
        raise FileRefused(
            f"This is CTF version {major}, older than {OLDEST} (2017): ask the sender for a current file."
        )
    if major > NEWEST:
        notes.add(
            f"CTF version {major} is newer than {NEWEST}, the newest known: what is new in it is not read"
        )
    if node.get("DocumentName").casefold() not in ("common transfer file", ""):
        notes.add("The header's document name is not “Common Transfer File”")
    source = _school(node, "SourceSchool")
    if not source.la_code or not source.establishment_number:
        raise FileRefused("The header does not name the sending school.")
    return CtfHeader(
        version=version,
        made_at=_made_at(node.get("DateTime"), notes),
        qualifier=node.get("DocumentQualifier").casefold()[:20],
        source=source,
        destination=_school(node, "DestSchool"),
        supplier=squeeze(node.get("SupplierID"), 60),
        description=squeeze(node.get("DataDescriptor"), 100),
    )


def _school(node: Node, tag: str) -> CtfSchool:
    school = next(node.all(tag), None)
    if school is None:
        return CtfSchool("", "")
    urn, year = school.get("URN"), school.get("AcademicYear")
    return CtfSchool(
        la_code=squeeze(school.get("LEA"), 3).upper(),
        establishment_number=squeeze(school.get("Estab"), 4).upper(),
        urn=int(urn) if re.fullmatch(r"[1-9][0-9]{5}", urn) else None,
        name=squeeze(school.get("SchoolName")),
        academic_year=int(year) if re.fullmatch(r"20[0-9]{2}", year) else None,
    )


def _made_at(text: str, notes: Notes) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        notes.add("The header does not say when the file was made, so dates to come were taken as current")
        return None


def _party(la: str | None, estab: str | None, unknown: str | None, outside: str | None) -> CtfSchool:
    if la and estab:
        return CtfSchool(la, estab.upper())
    letter = "M" if outside else "X"
    return CtfSchool(letter * 3, letter * 4)


def _number(school: CtfSchool) -> tuple[str, str]:
    return school.la_code, school.establishment_number

"""Writes a small, valid CTF 26 with the fields we hold; element order as the DfE's own service writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from xml.sax.saxutils import escape

from transitions.formats.ctf.records import CtfHeader, CtfSchool, PupilRecord

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_ctf(header: CtfHeader, pupils: Iterable[PupilRecord]) -> bytes:
    """UTF-8, no namespace. What `read_ctf` reads back is what was given."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<CTfile>',
        _header(header),
        "<CTFpupilData>\n",
        *(f"{_pupil(pupil)}\n" for pupil in pupils),
        "</CTFpupilData></CTfile>\n",
    ]
    return "".join(parts).encode()


def file_name(header: CtfHeader, sequence: int) -> str:
    """LLLEEEE_CTF_LLLEEEE_NNN.xml, with XXXXXXX for a receiver not known."""
    source = header.source.la_code + header.source.establishment_number
    destination = header.destination.la_code + header.destination.establishment_number
    return f"{source}_CTF_{destination or 'XXXXXXX'}_{sequence:03d}.xml"


def _header(header: CtfHeader) -> str:
    made_at = header.made_at.isoformat(timespec="seconds") if header.made_at else None
    return _in(
        "Header",
        _leaf("DocumentName", "Common Transfer File"),
        _leaf("CTFversion", header.version),
        _leaf("DateTime", made_at),
        _leaf("DocumentQualifier", header.qualifier or "full"),
        _leaf("DataDescriptor", header.description),
        _leaf("SupplierID", header.supplier),
        _school("SourceSchool", header.source),
        _school("DestSchool", header.destination),
    )


def _school(tag: str, school: CtfSchool) -> str:
    return _in(
        tag,
        _leaf("LEA", school.la_code or "XXX"),
        _leaf("Estab", school.establishment_number or "XXXX"),
        _leaf("URN", school.urn),
        _leaf("SchoolName", school.name),
        _leaf("AcademicYear", school.academic_year),
    )


def _pupil(pupil: PupilRecord) -> str:
    return _in(
        "Pupil",
        _leaf("UPN", pupil.upn),
        _leaf("Surname", pupil.surname),
        _leaf("Forename", pupil.forename),
        _leaf("DOB", pupil.born_on),
        _leaf("Sex", pupil.sex),
        _in(
            "BasicDetails",
            _leaf("PreferredSurname", pupil.preferred_surname),
            _leaf("PreferredForename", pupil.preferred_forename),
            _leaf("NCyearActual", pupil.year_group),
            _in(
                "Languages",
                *(
                    _in("Type", _leaf("LanguageType", kind), _leaf("Language", language))
                    for kind, language in pupil.languages
                ),
            ),
            _leaf("MedicalFlag", pupil.medical_flag),
            _leaf("EnrolStatus", pupil.enrol_status),
        ),
        _fsm(pupil),
        _in("LookedAfter", _leaf("InCare", pupil.in_care), _leaf("CareAuthority", pupil.care_authority)),
        _sen(pupil),
        _in("Attendance", *_attendance(pupil)),
        _in("SchoolHistory", *_stays(pupil)),
    )


def _fsm(pupil: PupilRecord) -> str:
    spans = [
        _in(
            "FSMinstance",
            _leaf("FSMstartDate", span.started_on),
            _leaf("FSMendDate", span.ended_on),
            _leaf("UKcountry", span.country),
        )
        for span in pupil.fsm_history
    ]
    return "<FSMhistory/>" if pupil.fsm_now is False and not spans else _in("FSMhistory", *spans)


def _sen(pupil: PupilRecord) -> str:
    history = (
        _in("SEN", _leaf("StartDate", item.started_on), _leaf("SENprovision", item.was or item.code))
        for item in pupil.sen_history
    )
    needs = (
        _in(
            "SENneed",
            _leaf("NeedStartDate", need.started_on),
            _leaf("NeedEndDate", need.ended_on),
            _leaf("SENtypeRank", need.rank),
            _leaf("SENtype", need.was or need.code),
        )
        for need in pupil.needs
    )
    return _in("SENhistory", *history, _in("SENneeds", *needs))


def _attendance(pupil: PupilRecord) -> Iterable[str]:
    for year in pupil.attendance:
        yield _in(
            "YearData",
            _leaf("Year", year.year),
            _leaf("LEA", year.la_code),
            _leaf("Estab", year.establishment_number),
            _leaf("SchoolName", year.school_name),
            _leaf("SessionsPossible", year.possible),
            _leaf("SessionsAuthorised", year.authorised),
            _leaf("SessionsAttended", year.attended),
            _leaf("SessionsUnauthorised", year.unauthorised),
            _leaf("AttendanceStartDate", year.started_on),
        )


def _stays(pupil: PupilRecord) -> Iterable[str]:
    for stay in pupil.school_history:
        yield _in(
            "School",
            _leaf("LEA", stay.la_code),
            _leaf("Estab", stay.establishment_number),
            _leaf("SchoolName", stay.school_name),
            _leaf("EntryDate", stay.entered_on),
            _leaf("LeavingDate", stay.left_on),
            _leaf("LeavingReason", stay.leaving_reason),
            _leaf("LastSchool", stay.is_last),
        )


def _leaf(tag: str, value: str | int | bool | date | None) -> str:
    """Nothing for a value we do not have: an empty element would say that there is none."""
    if value is None or value == "":
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{tag}>{escape(_ILLEGAL.sub('', text))}</{tag}>"


def _in(tag: str, *children: str) -> str:
    inside = "".join(children)
    return f"<{tag}>{inside}</{tag}>" if inside else ""

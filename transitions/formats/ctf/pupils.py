"""One Pupil element into one record, with every problem that keeps it from being used."""

from __future__ import annotations

import re
from datetime import date

from schools.formats.cells import squeeze, yes_or_no
from schools.formats.dates import DateFault, parse_date
from schools.formats.errors import Notes, Parsed, Problem
from schools.formats.upn import UpnFault, parse_upn
from transitions.formats.ctf import sen
from transitions.formats.ctf.records import AttendanceYear, FsmSpan, PupilRecord, SchoolStay
from transitions.formats.ctf.xml import Node, Wanted

# Whatever is not named here is never looked at: addresses, ethnicity, former names and UPNs, session marks,
# assessments, contacts, telephones, e-mail (practice P4).
PUPIL_WANTED: Wanted = {
    "UPN": {},
    "Surname": {},
    "Forename": {},
    "DOB": {},
    "Sex": {},
    "Gender": {},
    "BasicDetails": {
        "PreferredSurname": {},
        "PreferredForename": {},
        "NCyearActual": {},
        "Languages": {"Type": {"LanguageType": {}, "Language": {}}},
        "MedicalFlag": {},
        "EnrolStatus": {},
    },
    "FSMhistory": {"FSMinstance": {"FSMstartDate": {}, "FSMendDate": {}, "UKcountry": {}}},
    "LookedAfter": {"InCare": {}, "CareAuthority": {}},
    "SENhistory": {
        "SEN": {"StartDate": {}, "SENprovision": {}},
        "SENneeds": {
            "SENneed": {"NeedStartDate": {}, "NeedEndDate": {}, "SENtypeRank": {}, "SENtype": {}},
        },
    },
    "SENneeds": {"SENneed": {"NeedStartDate": {}, "NeedEndDate": {}, "SENtypeRank": {}, "SENtype": {}}},
    "Attendance": {
        "YearData": {
            "Year": {},
            "LEA": {},
            "Estab": {},
            "SchoolName": {},
            "SessionsPossible": {},
            "SessionsAuthorised": {},
            "SessionsAttended": {},
            "SessionsUnauthorised": {},
            "AttendanceStartDate": {},
        }
    },
    "SchoolHistory": {
        "School": {
            "LEA": {},
            "Estab": {},
            "SchoolName": {},
            "EntryDate": {},
            "LeavingDate": {},
            "LeavingReason": {},
            "LastSchool": {},
        }
    },
}

_YEAR_GROUPS = re.compile(r"^(?:R|X|E[1-2]|N[1-2]|[1-9]|1[0-4])$")
_OLDEST_PUPIL = 26  # years; an EHC plan may last to 25


class PupilReader:
    """Reads pupils as on the day the file was made."""

    def __init__(self, *, on: date | None, notes: Notes) -> None:
        self._on = on
        self._file_notes = notes
        self.unknown_needs: set[str] = set()
        self._place = 0
        self._notes: dict[str, None] = {}

    def read(self, pupil: Node, place: int) -> Parsed[PupilRecord]:
        """A record, or the problems that keep it from being one."""
        self._place, self._notes = place, {}
        problems: list[Problem] = []
        upn, temporary = self._upn(pupil, problems)
        surname, forename = (squeeze(pupil.get(tag), 100) for tag in ("Surname", "Forename"))
        for tag, name in (("Surname", surname), ("Forename", forename)):
            if not name:
                problems.append(Problem(place, tag, "", f"The {tag.lower()} is blank"))
        born_on = self._born_on(pupil, problems)
        if problems or born_on is None:
            return Parsed(place, None, tuple(problems), tuple(self._notes))
        record = self._record(pupil, upn, temporary, surname, forename, born_on)
        return Parsed(place, record, (), tuple(self._notes))

    def _record(
        self, pupil: Node, upn: str, temporary: bool, surname: str, forename: str, born_on: date
    ) -> PupilRecord:
        details = next(pupil.all("BasicDetails"), Node("BasicDetails"))
        history = sen.provisions(pupil, self._day, self._note)
        now = sen.provision_now(history, self._on)
        needs = sen.needs(pupil, self._day, self._note, self.unknown_needs.add)
        languages = tuple(
            (_code(item, "LanguageType", 1), _code(item, "Language", 10))
            for item in details.all("Languages", "Type")
            if item.get("Language")
        )
        fsm = tuple(
            FsmSpan(
                self._day(span, "FSMstartDate"), self._day(span, "FSMendDate"), _code(span, "UKcountry", 3)
            )
            for span in pupil.all("FSMhistory", "FSMinstance")
        )
        care = next(pupil.all("LookedAfter"), Node("LookedAfter"))
        return PupilRecord(
            place=self._place,
            upn=upn,
            upn_is_temporary=temporary,
            surname=surname,
            forename=forename,
            born_on=born_on,
            preferred_surname=squeeze(details.get("PreferredSurname"), 100),
            preferred_forename=squeeze(details.get("PreferredForename"), 100),
            sex=_sex(pupil.get("Sex") or pupil.get("Gender")),
            year_group=self._year_group(details.get("NCyearActual")),
            enrol_status=_code(details, "EnrolStatus", 2),
            sen_now=now.code if now else "",
            sen_since=now.started_on if now else None,
            sen_history=history,
            needs_now=sen.needs_now(needs, self._on),
            needs=needs,
            first_language=next((language for kind, language in languages if kind == "F"), ""),
            languages=languages,
            fsm_now=any(self._lasts(span) for span in fsm) if next(pupil.all("FSMhistory"), None) else None,
            fsm_history=fsm,
            in_care=yes_or_no(care.get("InCare")),
            care_authority=squeeze(care.get("CareAuthority"), 40),
            medical_flag=yes_or_no(details.get("MedicalFlag")),
            attendance=tuple(self._attendance(year) for year in pupil.all("Attendance", "YearData")),
            school_history=tuple(self._stay(school) for school in pupil.all("SchoolHistory", "School")),
        )

    def _upn(self, pupil: Node, problems: list[Problem]) -> tuple[str, bool]:
        text = pupil.get("UPN")
        if not text:
            self._note("The pupil has no UPN: matched by name and birth date until it is known")
            return "", False
        try:
            upn = parse_upn(text)
        except UpnFault as fault:
            problems.append(Problem(self._place, "UPN", text, fault.reason))
            return "", False
        return upn.value, upn.temporary

    def _born_on(self, pupil: Node, problems: list[Problem]) -> date | None:
        text = pupil.get("DOB")
        try:
            born_on = parse_date(text)
        except DateFault as fault:
            problems.append(Problem(self._place, "DOB", text, fault.reason))
            return None
        if self._on and not self._on.year - _OLDEST_PUPIL <= born_on.year <= self._on.year:
            reason = "The birth date does not fit someone at school when the file was made"
            problems.append(Problem(self._place, "DOB", text, reason))
        return born_on

    def _year_group(self, text: str) -> str:
        code = text.upper().lstrip("0")
        if not code or _YEAR_GROUPS.match(code):
            return code
        self._note("The year group is none we know and was left blank")
        return ""

    def _attendance(self, year: Node) -> AttendanceYear:
        possible, attended, authorised, unauthorised = (
            self._count(year, f"Sessions{what}")
            for what in ("Possible", "Attended", "Authorised", "Unauthorised")
        )
        if possible is not None and (attended or 0) + (authorised or 0) + (unauthorised or 0) > possible:
            self._note("Attended and missed sessions are more than the possible ones")
        return AttendanceYear(
            year=self._count(year, "Year"),
            la_code=_code(year, "LEA", 3),
            establishment_number=_code(year, "Estab", 4),
            school_name=squeeze(year.get("SchoolName")),
            possible=possible,
            attended=attended,
            authorised=authorised,
            unauthorised=unauthorised,
            started_on=self._day(year, "AttendanceStartDate"),
        )

    def _stay(self, school: Node) -> SchoolStay:
        return SchoolStay(
            la_code=_code(school, "LEA", 3),
            establishment_number=_code(school, "Estab", 4),
            school_name=squeeze(school.get("SchoolName")),
            entered_on=self._day(school, "EntryDate"),
            left_on=self._day(school, "LeavingDate"),
            leaving_reason=_code(school, "LeavingReason", 10),
            is_last=yes_or_no(school.get("LastSchool")),
        )

    def _lasts(self, span: FsmSpan) -> bool:
        if self._on is None:
            return span.ended_on is None
        begun = span.started_on is None or span.started_on <= self._on
        return begun and (span.ended_on is None or span.ended_on >= self._on)

    def _day(self, node: Node, tag: str) -> date | None:
        text = node.get(tag)
        if not text:
            return None
        try:
            return parse_date(text)
        except DateFault:
            self._note(f"{tag} holds something that is no date and was left blank")
            return None

    def _count(self, node: Node, tag: str) -> int | None:
        text = node.get(tag)
        if text.isascii() and text.isdecimal() and len(text) <= 4:
            return int(text)
        if text:
            self._note(f"{tag} holds something that is no number and was left blank")
        return None

    def _note(self, text: str) -> None:
        if text not in self._notes:
            self._notes[text] = None
            self._file_notes.add(text, self._place)


def _code(node: Node, tag: str, longest: int) -> str:
    return squeeze(node.get(tag), longest).upper()


def _sex(text: str) -> str:
    return {"M": "M", "F": "F", "MALE": "M", "FEMALE": "F", "1": "M", "2": "F"}.get(text.upper(), "")

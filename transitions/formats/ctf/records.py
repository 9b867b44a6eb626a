"""What we keep of a common transfer file: the least a handover needs (practice P4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class CtfSchool:
    """Sender or receiver as the header names it. An unknown receiver is XXX/XXXX, one outside MMM/MMMM."""

    la_code: str
    establishment_number: str
    urn: int | None = None
    name: str = ""
    academic_year: int | None = None  # the year in which the school year began

    @property
    def kind(self) -> str:
        """school, authority (the LA itself), unknown or outside (no maintained school)."""
        letters = set(self.la_code.upper() + self.establishment_number.upper()) - set("0123456789")
        if letters == {"L"}:
            return "authority"
        if letters == {"M"}:
            return "outside"
        return "unknown" if letters or not self.establishment_number else "school"


@dataclass(frozen=True, slots=True)
class CtfHeader:
    """`version` as written ("25.0"); `made_at` is the sender's local time, without a zone."""

    version: str
    made_at: datetime | None
    qualifier: str
    source: CtfSchool
    destination: CtfSchool
    supplier: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class SenProvision:
    """`code` is N, K or E; `was` holds the older code the file used (S, A, P), else ""."""

    code: str
    started_on: date | None = None
    was: str = ""


@dataclass(frozen=True, slots=True)
class SenNeed:
    """`code` as in the census (SEMH, SLCN…), unknown ones kept; rank 1 is the first need."""

    code: str
    rank: int | None = None
    started_on: date | None = None
    ended_on: date | None = None
    was: str = ""


@dataclass(frozen=True, slots=True)
class FsmSpan:
    """One time of eligibility for free school meals; without an end it lasts."""

    started_on: date | None
    ended_on: date | None = None
    country: str = ""


@dataclass(frozen=True, slots=True)
class AttendanceYear:
    """The sums of one school at one school; `year` is the one in which the school year ends. No marks."""

    year: int | None
    la_code: str
    establishment_number: str
    school_name: str
    possible: int | None
    attended: int | None
    authorised: int | None
    unauthorised: int | None
    started_on: date | None = None


@dataclass(frozen=True, slots=True)
class SchoolStay:
    """One school the pupil went to."""

    la_code: str
    establishment_number: str
    school_name: str
    entered_on: date | None
    left_on: date | None
    leaving_reason: str = ""
    is_last: bool | None = None


@dataclass(frozen=True, slots=True)
class PupilRecord:
    """One pupil. `place` counts from 1 in the file.

    `sen_now`, `needs_now` and `fsm_now` hold on the day the file was made; `sen_now` is "" and `fsm_now` None
    where the file says nothing. Addresses, ethnicity, former names and UPNs, marks, results and contacts are
    never read.
    """

    place: int
    upn: str
    upn_is_temporary: bool
    surname: str
    forename: str
    born_on: date
    preferred_surname: str = ""
    preferred_forename: str = ""
    sex: str = ""
    year_group: str = ""
    enrol_status: str = ""
    sen_now: str = ""
    sen_since: date | None = None
    sen_history: tuple[SenProvision, ...] = ()
    needs_now: tuple[str, ...] = ()
    needs: tuple[SenNeed, ...] = ()
    first_language: str = ""
    languages: tuple[tuple[str, str], ...] = ()  # (type, language), "F" is the first language
    fsm_now: bool | None = None
    fsm_history: tuple[FsmSpan, ...] = ()
    in_care: bool | None = None
    care_authority: str = ""
    medical_flag: bool | None = None
    attendance: tuple[AttendanceYear, ...] = ()
    school_history: tuple[SchoolStay, ...] = ()

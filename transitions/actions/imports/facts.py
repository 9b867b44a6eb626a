"""What a file says of a child, in the shape we keep, and how it differs from what is kept.

A key that is missing was not in the file, and leaves its value alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from schools.enums import SenProvision
from transitions.actions.imports.known import Known
from transitions.enums import need_words
from transitions.formats.ctf import AttendanceYear, PupilRecord
from transitions.formats.pupil_csv import PupilCsvRecord

Facts = dict[str, Any]

LABELS = {
    "upn": "UPN",
    "surname": "Surname",
    "forename": "First name",
    "known_as": "Known as",
    "born_on": "Date of birth",
    "sex": "Sex",
    "year_group": "Year group",
    "sen_provision": "SEN provision",
    "sen_history": "SEN history",
    "needs": "Needs",
    "language": "First language",
    "free_school_meals": "Free school meals",
    "in_care": "In care",
    "care_authority": "Care authority",
    "medical_flag": "Medical flag",
    "attendance": "Attendance",
    "schools_attended": "Schools attended",
}
"""The columns of a pupil that files fill. Nothing else of a file is ever kept (practice P4)."""

YEARS = {"R": 0, "N1": -2, "N2": -1, "E1": -2, "E2": -1}


def year_number(code: str) -> int | None:
    """−2 and −1 for the nursery years, 0 for Reception, else the year; None where the file does not say."""
    return int(code) if code.isdigit() else YEARS.get(code)


def facts_of_ctf(record: PupilRecord) -> Facts:
    """Every SEN provision and every need, attendance as sums per year, and the rest that a handover needs."""
    facts: Facts = {
        "surname": record.surname,
        "forename": record.forename,
        "born_on": record.born_on.isoformat(),
    }
    optional: Facts = {
        "upn": record.upn,
        "sex": record.sex,
        "year_group": year_number(record.year_group),
        "sen_provision": record.sen_now,
        "language": record.first_language[:60],
        "free_school_meals": record.fsm_now,
        "in_care": record.in_care,
        "care_authority": record.care_authority if len(record.care_authority) <= 4 else "",
        "medical_flag": record.medical_flag,
        "known_as": known_as(record),
    }
    facts |= {key: value for key, value in optional.items() if value is not None and value != ""}
    if record.sen_history:
        facts["sen_history"] = [
            {"code": each.code, "from": iso(each.started_on)} for each in record.sen_history
        ]
    if record.needs or record.sen_now == SenProvision.NONE:
        facts["needs"] = [
            {"code": each.code, "rank": each.rank, "from": iso(each.started_on), "to": iso(each.ended_on)}
            for each in record.needs
        ]
    if record.attendance:
        facts["attendance"] = sums_by_year(record.attendance)
    if record.school_history:
        facts["schools_attended"] = sorted(
            (
                {
                    "la": each.la_code,
                    "estab": each.establishment_number,
                    "name": each.school_name,
                    "from": iso(each.entered_on),
                    "to": iso(each.left_on),
                }
                for each in record.school_history
            ),
            key=lambda stay: stay["from"] or "",
        )
    return facts


def facts_of_list(record: PupilCsvRecord, present: frozenset[str]) -> Facts:
    """A list's row; a blank cell under a heading leaves the value alone, save SEN, where blank means none."""
    facts: Facts = {
        "surname": record.surname,
        "forename": record.forename,
        "born_on": record.born_on.isoformat(),
    }
    known = record.known_as
    if known and " " not in known:
        known = f"{known} {record.surname}"
    optional: Facts = {
        "upn": record.upn,
        "sex": record.sex,
        "year_group": year_number(record.year_group),
        "language": record.language,
        "free_school_meals": record.fsm,
        "in_care": record.in_care,
        "known_as": known if known != f"{record.forename} {record.surname}" else "",
        "class_name": record.class_name,
    }
    facts |= {key: value for key, value in optional.items() if value is not None and value != ""}
    if "sen" in present and (record.sen or not record.needs):
        facts["sen_provision"] = record.sen or SenProvision.NONE.value
    if "needs" in present:
        facts["needs"] = [
            {"code": code, "rank": rank, "from": None, "to": None}
            for rank, code in enumerate(record.needs, 1)
        ]
    return facts


def known_as(record: PupilRecord) -> str:
    """The name used every day, where it is not the legal one."""
    used = f"{record.preferred_forename or record.forename} {record.preferred_surname or record.surname}"
    return "" if used == f"{record.forename} {record.surname}" else used


def sums_by_year(years: Iterable[AttendanceYear]) -> list[dict[str, int]]:
    """One line a year, oldest first: a year at two schools is added up. No marks."""
    sums: dict[int, dict[str, int]] = {}
    for each in years:
        if each.year is None or not each.possible:
            continue
        line = sums.setdefault(
            each.year, {"year": each.year, "possible": 0, "attended": 0, "authorised": 0, "unauthorised": 0}
        )
        line["possible"] += each.possible
        line["attended"] += each.attended or 0
        line["authorised"] += each.authorised or 0
        line["unauthorised"] += each.unauthorised or 0
    return [sums[year] for year in sorted(sums)]


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def of_concern(data: Mapping[str, Any], pupil: Known) -> Facts:
    """What a row may change of a known child: an offer list brings no facts, only a UPN that was missing."""
    facts: Facts = data["facts"]
    if not data.get("only_new"):
        return facts
    return {"upn": facts["upn"]} if facts.get("upn") and not pupil.upn else {}


def changed_fields(pupil: Known, facts: Facts) -> list[str]:
    """Which columns the file changes, in the order of `LABELS`."""
    found = {name for name in facts if name in LABELS and not keeps(pupil, name, facts)}
    return [name for name in LABELS if name in found] if found else []


def differences(pupil: Known, facts: Facts) -> dict[str, list[str]]:
    """{label: [before, after]} in words; lists are told as changed only where they really are."""
    changed = {}
    for name in changed_fields(pupil, facts):
        before = pupil.born if name == "born_on" else getattr(pupil, name)
        changed[LABELS[name]] = [in_words(name, before), in_words(name, facts[name])]
    return changed


def keeps(pupil: Known, field: str, facts: Facts) -> bool:
    """Whether a field stays as it is. A list's bare codes do not wipe out a CTF's needs with their dates."""
    before, after = pupil.born if field == "born_on" else getattr(pupil, field), facts[field]
    if before == after:
        return True
    if field == "upn" and before and after[-1:].isalpha():
        return True  # a temporary number never takes a permanent one's place
    if field == "needs" and isinstance(before, list):
        dated = any(need["from"] or need["to"] for need in after)
        current = [need["code"] for need in before if not need.get("to")]
        return not dated and current == [need["code"] for need in after]
    return False


def in_words(field: str, value: Any) -> str:
    """A value as the office reads it."""
    if value is None or value == "" or value == []:
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field == "born_on":
        return day_words(str(value))
    if field == "year_group":
        return year_words(int(value))
    if field == "sen_provision":
        return str(SenProvision(value).label)
    if field == "needs":
        return ", ".join(need_words(each["code"]) for each in value if not each.get("to")) or "ended"
    if field == "sen_history":
        return ", ".join(f"{SenProvision(each['code']).label}{since(each['from'])}" for each in value)
    if field == "attendance":
        return ", ".join(f"{each['year']}: {each['attended']} of {each['possible']}" for each in value)
    if field == "schools_attended":
        return ", ".join(each["name"] or f"{each['la']}/{each['estab']}" for each in value)
    return str(value)


def since(day: str | None) -> str:
    return f" from {day_words(day)}" if day else ""


def year_words(year: int) -> str:
    return "Nursery" if year < 0 else "Reception" if year == 0 else f"Year {year}"


@lru_cache(maxsize=4096)
def day_words(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"

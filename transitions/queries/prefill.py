"""What the files already say of a child, in words, section by section."""

from __future__ import annotations

from datetime import date
from typing import Any

from partnership.lib.dates import MONTHS
from schools.enums import SenProvision
from schools.models import Pupil
from transitions.enums import SectionKind, need_words


def prefill(pupil: Pupil) -> dict[str, dict[str, Any]]:
    """What the files say, in words, by section. Somebody must still confirm it: pre-filled does not count as answered."""
    known: dict[str, dict[str, Any]] = {}
    facts = {}
    if pupil.sen_provision != SenProvision.NONE:
        start = next(
            (row["from"] for row in reversed(pupil.sen_history) if row.get("code") == pupil.sen_provision),
            None,
        )
        facts["provision"] = pupil.get_sen_provision_display() + (
            f" since {month_words(start)}" if start else ""
        )
    if pupil.needs:
        ranked = sorted(pupil.needs, key=lambda need: need.get("rank") or 99)
        facts["needs"] = "\n".join(need_words(need["code"]) for need in ranked if not need.get("to"))
    if facts:
        known[SectionKind.IN_PLACE] = {"facts": facts}
    if pupil.medical_flag:
        known[SectionKind.HEALTH] = {
            "text": "The transfer file says that there is a medical need. Say here what it is."
        }
    if words := attendance_words(pupil.attendance):
        known[SectionKind.ATTENDANCE] = {"text": words}
    return known


def month_words(day: str) -> str:
    """'September 2024' for an ISO date."""
    parsed = date.fromisoformat(day)
    return f"{MONTHS[parsed.month - 1]} {parsed.year}"


def attendance_words(years: list[dict[str, Any]]) -> str:
    """'352 of 370 sessions attended in 2026 (95 %)' for the last year known; '' when none is."""
    known = [year for year in years if year.get("possible")]
    if not known:
        return ""
    last = max(known, key=lambda year: year["year"])
    share = round(100 * last["attended"] / last["possible"])
    return f"{last['attended']} of {last['possible']} sessions attended in {last['year']} ({share} %)."

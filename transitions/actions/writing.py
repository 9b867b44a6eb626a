"""Writing a handover: begun with what the files know, saved section by section, so that two writers never lose a word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.lib.dates import MONTHS
from schools.enums import SenProvision
from schools.models import Pupil
from transitions.enums import HandoverKind, SectionKind, need_words
from transitions.models import Handover, Section, Transition
from transitions.rules import may_write, sections_of


class Conflict(Exception):
    """Someone saved this section since it was opened: both texts must be shown. Holds the section as it stands now."""

    def __init__(self, current: Section) -> None:
        super().__init__("Someone else has saved this section since you opened it.")
        self.current = current


@transaction.atomic
def begin(move: Transition, *, kind: str, by: Viewer, at: datetime) -> Handover:
    """The handover of a move, with its sections, pre-filled from what came in by file. A class note whose child turns
    out to need a SEND handover becomes one and keeps what was written."""
    ensure(may_write(by, move))
    handover = Handover.objects.filter(transition=move).first()
    if handover is None:
        handover = Handover.objects.create(
            transition=move,
            pupil_id=move.pupil_id,
            school_id=move.school_id,
            seen_by=move.seen_by,
            kind=kind,
            begun_by_id=user_id_of(by),
            begun_at=at,
        )
        record("handover.begun", by=by.user_id, subject=handover, organisation=move.school_id, at=at)
    elif handover.kind == HandoverKind.CLASS and kind == HandoverKind.SEND:
        Handover.objects.filter(pk=handover.pk).update(kind=kind)
        handover.kind = kind
        record("handover.widened", by=by.user_id, subject=handover, organisation=move.school_id, at=at)
    add_missing_sections(handover, move.pupil, by=by, at=at)
    return handover


def add_missing_sections(handover: Handover, pupil: Pupil, *, by: Viewer, at: datetime) -> None:
    """Rows for every section of the handover's kind, those the files speak of pre-filled."""
    known = prefill(pupil)
    Section.objects.bulk_create(
        [
            Section(
                handover=handover,
                pupil_id=handover.pupil_id,
                school_id=handover.school_id,
                kind=kind,
                updated_by_id=by.user_id,
                updated_at=at,
                prefilled=kind in known,
                **known.get(kind, {}),
            )
            for kind in sections_of(handover.kind)
        ],
        ignore_conflicts=True,
    )


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


def save_section(
    section: Section,
    *,
    text: str,
    facts: Mapping[str, str],
    nothing: bool,
    seen_version: int,
    by: Viewer,
    at: datetime,
) -> Section:
    """Save a section as seen at `seen_version`. Raises Conflict, holding what another saved meanwhile."""
    ensure(may_write(by, section))
    values = {
        "text": text,
        "facts": {key: value for key, value in facts.items() if value},
        "nothing": nothing,
    }
    rows = Section.objects.filter(pk=section.pk, version=seen_version)
    saved = rows.update(
        **values, prefilled=False, version=F("version") + 1, updated_by_id=user_id_of(by), updated_at=at
    )
    current = Section.objects.select_related("updated_by").get(pk=section.pk)
    if not saved and {key: getattr(current, key) for key in values} != values:
        raise Conflict(current)
    return current


def mark_own_conversation(handover: Handover, *, own: bool, by: Viewer, at: datetime) -> None:
    """The sender says that this child needs a conversation of their own (practice P7)."""
    ensure(may_write(by, handover))
    if Handover.objects.filter(pk=handover.pk).exclude(own_conversation=own).update(own_conversation=own):
        record(
            "handover.own_conversation",
            by=by.user_id,
            subject=handover,
            organisation=handover.school_id,
            at=at,
            facts={"own": own},
        )

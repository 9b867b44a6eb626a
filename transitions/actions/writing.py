"""Writing a handover: begun with what the files know, saved section by section, so that two writers never lose a word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from schools.models import Pupil
from transitions.enums import HandoverKind
from transitions.models import Handover, Section, Transition
from transitions.queries.prefill import prefill
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
    current = Section.objects.annotate(writer=F("updated_by__name")).get(pk=section.pk)
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

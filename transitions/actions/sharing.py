"""Sending: share, amend, withdraw. What was sent is a version: it never changes, an amendment is the next number."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from partnership.access.guards import user_id_of
from partnership.access.viewer import Viewer
from partnership.outbox.enums import Urgency
from schools.queries.agreements import why_not
from schools.queries.posts import is_on_platform
from transitions.actions.applying import Refused, apply_move, tell
from transitions.enums import SectionKind
from transitions.models import Handover, Section, Transition, Version
from transitions.rules import NEVER_SKIPPED, is_answered, sections_of
from transitions.rules.sections import NEVER_SENT


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a handover cannot go yet: a sentence, and the section to write where that mends it."""

    text: str
    section: str = ""


def hindrances(
    handover: Handover,
    move: Transition,
    sections: list[Section],
    *,
    on: datetime,
    asker: uuid.UUID | None = None,
) -> list[Hindrance]:
    """Why the handover cannot be shared yet, each a sentence that says what to do; empty when it can."""
    found = []
    schools = [move.school_id, *([move.to_school_id] if move.to_school_id else [])]
    if reason := why_not(schools, on=timezone.localdate(on), asker=asker):
        found.append(Hindrance(reason))
    if move.to_school_id is None:
        found.append(Hindrance("There is no next school yet: record where the child is going."))
    elif not move.may_share_now:
        found.append(
            Hindrance(
                f"The place at {move.to_school} is not accepted yet: record it as accepted or named in the plan."
            )
        )
    elif not is_on_platform(move.to_school_id, on=timezone.localdate(on)):
        found.append(
            Hindrance(
                f"Nobody at {move.to_school} can receive it here yet: print it, or ask your coordinator to invite them."
            )
        )
    by_kind = {section.kind: section for section in sections}
    for kind in NEVER_SKIPPED:
        section = by_kind.get(kind)
        if section is not None and not answered(section) and not section.withheld:
            found.append(
                Hindrance(f"“{section.get_kind_display()}” must be written, or answered “none”.", kind)
            )
    if sections and not any(answered(section) for section in sections):
        found.append(Hindrance("Nothing is written yet."))
    return found


def doubts(move: Transition, sections: list[Section]) -> list[Hindrance]:
    """What may go as it is, and is better looked at first: no word from the child, or what nobody has read over."""
    found = []
    for section in sections:
        if section.kind == SectionKind.ABOUT_ME and not answered(section) and not section.withheld:
            child = move.pupil.first_name
            words = f"There is no word from {child} yet, in “{section.get_kind_display()}”."
            found.append(Hindrance(words, section.kind))
        elif section.prefilled:
            words = (
                f"“{section.get_kind_display()}” stands as the file filled it in: nobody has looked it over."
            )
            found.append(Hindrance(words, section.kind))
    return found


def answered(section: Section) -> bool:
    """Whether somebody has written or confirmed this section."""
    return is_answered(
        text=section.text, facts=section.facts, nothing=section.nothing, prefilled=section.prefilled
    )


def body_of(handover: Handover, sections: list[Section]) -> list[dict[str, Any]]:
    """What a version holds: the sections in reading order, without what the child asked not to tell."""
    by_kind = {section.kind: section for section in sections}
    return [
        {"kind": kind, "withheld": True}
        if by_kind[kind].withheld
        else {
            "kind": kind,
            "text": by_kind[kind].text,
            "facts": {key: value for key, value in by_kind[kind].facts.items() if key not in NEVER_SENT},
            "nothing": by_kind[kind].nothing,
        }
        for kind in sections_of(handover.kind)
        if kind in by_kind
    ]


@transaction.atomic
def share(handover: Handover, *, by: Viewer, at: datetime) -> Version:
    """Send what is written to the next school. Raises NotAllowed, WrongState, Refused with a sentence, or MovedOn."""
    return issue(handover, "share", by=by, at=at, met_on=None, accepted_at=None)


@transaction.atomic
def amend(handover: Handover, *, reason: str, by: Viewer, at: datetime) -> Version:
    """Send the present text as a new version; the state stays, the receipt begins anew."""
    return issue(handover, "amend", reason=reason, by=by, at=at)


NOTHING_NEW = "Nothing has changed since version {}: there is nothing to amend."


def nothing_new(handover: Handover, body: list[dict[str, Any]]) -> bool:
    """Whether the text is to the letter what went last."""
    last = Version.objects.filter(handover=handover, number=handover.latest).first()
    return last is not None and last.body == body


def issue(
    handover: Handover, move_name: str, *, by: Viewer, at: datetime, reason: str = "", **changes: Any
) -> Version:
    move = Transition.objects.select_related("to_school").get(pk=handover.transition_id)
    sections = list(Section.objects.filter(handover=handover))
    if found := hindrances(handover, move, sections, on=at, asker=by.user_id):
        raise Refused(" ".join(each.text for each in found))
    body = body_of(handover, sections)
    if move_name == "amend" and nothing_new(handover, body):
        raise Refused(NOTHING_NEW.format(handover.latest))
    seen_latest = handover.latest
    apply_move(
        handover,
        move_name,
        by=by,
        at=at,
        reader_id=move.seen_by,
        note=reason,
        expect={"latest": seen_latest},
        latest=seen_latest + 1,
        shared_at=at,
        received_at=None,
        **changes,
    )
    version = Version(
        handover=handover,
        pupil_id=handover.pupil_id,
        school_id=handover.school_id,
        seen_by=move.seen_by,
        reader_id=move.seen_by,
        number=seen_latest + 1,
        body=body,
        reason=reason,
        shared_by_id=user_id_of(by),
        shared_at=at,
    )
    version.save(force_insert=True)
    tell(
        "handover_amended" if move_name == "amend" else "handover_shared",
        organisation_id=move.seen_by,
        subject_id=handover.pk,
        by=by,
        at=at,
        mark=str(version.number),
        urgency=Urgency.NOW,
        version=version.number,
    )
    return version


@transaction.atomic
def withdraw(handover: Handover, *, reason: str, by: Viewer, at: datetime) -> Handover:
    """Take back what was shared; the next school's sight ends with this transaction."""
    apply_move(handover, "withdraw", by=by, at=at, reader_id=handover.seen_by, note=reason, received_at=None)
    Version.objects.filter(handover=handover, withdrawn_at__isnull=True).update(withdrawn_at=at)
    tell(
        "handover_withdrawn",
        organisation_id=handover.seen_by,
        subject_id=handover.pk,
        by=by,
        at=at,
        mark=str(handover.latest),
        urgency=Urgency.NOW,
    )
    return handover

"""Corrections and redactions: words replaced wherever they stand about a child, leaving who, when and why (practice P5)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from partnership.access.guards import ensure
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from transitions.actions.applying import Refused, tell, write_step
from transitions.enums import Rectifying
from transitions.models import ConversationLine, Handover, HandoverStep, Section, Version
from transitions.models.moves import NO_SCHOOL
from transitions.rules import may_correct, may_redact
from transitions.rules.rectifying import REDACTED, SHORTEST, rectified, rectified_facts, rectified_row

LONGEST = {HandoverStep: 500, Version: 300}


@transaction.atomic
def rectify(
    handover: Handover, *, kind: str, passage: str, instead: str, why: str, by: Viewer, at: datetime
) -> int:
    """Replace the passage everywhere and say in how many places it stood. The old words are kept nowhere.

    Raises PermissionDenied, or Refused where they stand nowhere or the reason repeats them."""
    redaction = kind == Rectifying.REDACT
    ensure(may_redact(by, handover) if redaction else may_correct(by, handover))
    instead = REDACTED if redaction else instead
    if len(passage.strip()) < SHORTEST:
        raise Refused("Give at least three letters, so that nothing else is replaced by mistake.")
    if passage in why:
        raise Refused("The reason stays in the history: say it without the words themselves.")
    if passage in instead:
        raise Refused("The new words must not hold the old ones.")
    step = write_step(
        handover,
        str(kind),
        before=handover.state,
        by=by,
        at=at,
        reader_id=handover.seen_by if handover.seen_by != NO_SCHOOL else None,
        note=why,
    )
    with lawful(step, passage, instead):
        versions = in_versions(handover, passage, instead)
        places = versions + in_sections(handover, passage, instead, by=by, at=at)
        places += in_lines(handover, passage, instead) + in_steps(handover, step, passage, instead)
    if not places:
        raise Refused("These words stand nowhere in this handover: copy them exactly, from one paragraph.")
    record(
        f"handover.{kind}ed",
        by=by.user_id,
        subject=handover,
        organisation=handover.school_id,
        at=at,
        facts={"places": places},
    )
    if handover.seen_by != NO_SCHOOL and handover.latest:
        tell(
            "handover_corrected",
            organisation_id=handover.seen_by,
            subject_id=handover.pk,
            by=by,
            at=at,
            mark=at.isoformat(),
            urgency=Urgency.NOW,
        )
    return places


class lawful:
    """Inside, the database lets this very replacement through, and nothing else; it is forgotten at the end."""

    def __init__(self, step: HandoverStep, passage: str, instead: str) -> None:
        self.values = (str(step.pk), passage, instead)

    def __enter__(self) -> None:
        self.set(*self.values)

    def __exit__(self, *fault: object) -> None:
        if fault == (None, None, None):  # after a fault the transaction rolls back, and the settings with it
            self.set("", "", "")

    def set(self, step: str, passage: str, instead: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.rectification', %s, true), set_config('app.passage', %s, true),"
                " set_config('app.instead', %s, true)",
                [step, passage, instead],
            )


def in_versions(handover: Handover, passage: str, instead: str) -> int:
    places = 0
    for version in Version.objects.select_for_update().filter(handover=handover):
        body = [rectified_row(row, passage, instead) for row in version.body]
        reason = fitting(rectified(version.reason, passage, instead), LONGEST[Version])
        changed = sum(new != old for new, old in zip(body, version.body, strict=True))
        changed += reason != version.reason
        if changed:
            Version.objects.filter(pk=version.pk).update(body=body, reason=reason)
        places += changed
    return places


def in_sections(handover: Handover, passage: str, instead: str, *, by: Viewer, at: datetime) -> int:
    """The working text; its number grows, so that nobody who had it open saves the old words back."""
    places = 0
    for section in Section.objects.select_for_update().filter(handover=handover):
        text = rectified(section.text, passage, instead)
        facts = rectified_facts(section.kind, section.facts, passage, instead)
        if (text, facts) != (section.text, section.facts):
            Section.objects.filter(pk=section.pk).update(
                text=text, facts=facts, version=F("version") + 1, updated_by_id=by.user_id, updated_at=at
            )
            places += 1
    return places


def in_lines(handover: Handover, passage: str, instead: str) -> int:
    lines = ConversationLine.objects.filter(handover=handover, note__contains=passage)
    for line in lines:
        ConversationLine.objects.filter(pk=line.pk).update(note=rectified(line.note, passage, instead))
    return len(lines)


def in_steps(handover: Handover, own: HandoverStep, passage: str, instead: str) -> int:
    steps = HandoverStep.objects.filter(handover=handover, note__contains=passage).exclude(pk=own.pk)
    for step in steps:
        note = fitting(rectified(step.note, passage, instead), LONGEST[HandoverStep])
        HandoverStep.objects.filter(pk=step.pk).update(note=note)
    return len(steps)


def fitting(text: str, longest: int) -> str:
    """Raises Refused where a short note would outgrow its room."""
    if len(text) > longest:
        raise Refused("The new words are too long for one of the notes they stand in: say it in fewer.")
    return text

"""Where words about a child stand: in what is being written, in what was sent, in notes and conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from partnership.access.viewer import Viewer
from transitions.enums import SectionKind
from transitions.models import ConversationLine, Handover, HandoverStep, Section, Version
from transitions.rules.rectifying import REDACTED, rectified_facts, rectified_row


@dataclass(frozen=True, slots=True)
class Found:
    """One place where the words stand, and how often."""

    where: str
    times: int


def where_it_stands(viewer: Viewer, handover: Handover, passage: str) -> list[Found]:
    """Every place of this child's handover in which the passage stands, in reading order."""
    counted = Counter(places(viewer, handover, passage))
    return [Found(where, times) for where, times in counted.items()]


def places(viewer: Viewer, handover: Handover, passage: str) -> Iterator[str]:
    for section in Section.objects.visible_to(viewer).filter(handover=handover):
        facts = rectified_facts(section.kind, section.facts, passage, REDACTED)
        if passage in section.text or facts != section.facts:
            yield f"“{section.get_kind_display()}”, as it is being written"
    for version in Version.objects.visible_to(viewer).filter(handover=handover).order_by("number"):
        for row in version.body:
            if rectified_row(row, passage, REDACTED) != row:
                yield f"“{SectionKind(row['kind']).label}”, as sent in version {version.number}"
        if passage in version.reason:
            yield f"The reason of version {version.number}"
    for _line in ConversationLine.objects.visible_to(viewer).filter(
        handover=handover, note__contains=passage
    ):
        yield "A line of a conversation"
    for step in HandoverStep.objects.filter(handover=handover, note__contains=passage):
        yield f"A note in the history, {step.at:%d %B %Y}"

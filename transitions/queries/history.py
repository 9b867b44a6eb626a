"""The story of a handover in sentences, for the foot of the page and for print."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.lib.names import within_a_sentence
from transitions.enums import DestinationSource, DestinationState, Elsewhere, TellingWay
from transitions.models import (
    Conversation,
    ConversationAdult,
    ConversationLine,
    DestinationChange,
    Handover,
    HandoverStep,
    Receipt,
    Transition,
)
from transitions.queries.closings import of_move
from transitions.rules import may_read_own, teaches

SENTENCES = {
    "share": "shared version {version}",
    "amend": "sent an amendment, version {version}",
    "meet": "recorded the conversation",
    "accept": "accepted the handover",
    "settle": "marked the child as settled",
    "withdraw": "withdrew the handover",
    "withhold": "took a section out of what was sent",
    "correct": "corrected words, everywhere they stood",
    "redact": "redacted words, everywhere they stood",
    "change_destination": "changed the destination: what was shared closed at once",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history: when, who, what, and what they said about it."""

    at: datetime
    who: str
    what: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """A conversation about this child: when, how, who, and the line that was written."""

    conversation: Conversation
    adults: str
    note: str
    children: int


@dataclass(frozen=True, slots=True)
class Read:
    """Who has read a version, and when."""

    who: str
    at: datetime
    version: int
    by_id: uuid.UUID


def history(
    viewer: Viewer, move: Transition, handover: Handover | None, reads: Iterable[Read] = ()
) -> list[Line]:
    """Newest first, with who has read what. The next school sees what concerned it, the present one everything."""
    lines = [*destination_lines(viewer, move), *closing_lines(viewer, move)]
    if handover is not None:
        lines += step_lines(viewer, handover)
        lines += [Line(read.at, read.who, f"read version {read.version}") for read in reads]
        if viewer.may(Permission.SEE_PROGRESS, handover.school_id):
            lines.append(
                Line(
                    handover.begun_at,
                    handover.begun_by.name if handover.begun_by else "",
                    "began the handover",
                )
            )
    return sorted(lines, key=lambda line: line.at, reverse=True)


def destination_lines(viewer: Viewer, move: Transition) -> Iterable[Line]:
    if not (viewer.may(Permission.SEE_PROGRESS, move.school_id) or teaches(viewer, move, move.school_id)):
        return
    rows = DestinationChange.objects.filter(transition=move).select_related("by", "to_school")
    for row in rows:
        where = (
            row.to_school.name
            if row.to_school
            else str(Elsewhere(row.elsewhere).label)
            if row.elsewhere
            else ""
        )
        state = within_a_sentence(str(DestinationState(row.state).label))
        source = within_a_sentence(str(DestinationSource(row.source).label)) if row.source else ""
        yield Line(
            row.at,
            row.by.name if row.by else "A file",
            f"recorded the destination: {where + ', ' if where else ''}{state}"
            + (f" ({source}, {day_words(row.on)})" if source else ""),
        )


def closing_lines(viewer: Viewer, move: Transition) -> Iterable[Line]:
    """What a former school has confirmed, and when the family was told: for the present school."""
    for place in of_move(viewer, move):
        if place.destroyed_at is not None:
            what = f"confirmed that {place.former.name} has destroyed its prints and downloads"
            yield Line(place.destroyed_at, place.destroyed_by.name if place.destroyed_by else "", what)
        if place.told_at is not None and place.told_on is not None:
            how = within_a_sentence(str(TellingWay(place.told_how).label))
            what = f"told the family of the change, {how}, {day_words(place.told_on)}"
            yield Line(place.told_at, place.told_by.name if place.told_by else "", what)


def step_lines(viewer: Viewer, handover: Handover) -> list[Line]:
    rows = HandoverStep.objects.filter(handover=handover).exclude(move="receive").select_related("by")
    if not viewer.may(Permission.SEE_PROGRESS, handover.school_id) and not (
        teaches(viewer, handover, handover.school_id)
    ):
        rows = rows.filter(reader__in=viewer.reach(Permission.SEE_PROGRESS) | viewer.reach(Permission.TEACH))
    content = may_read_own(viewer, handover) or (
        viewer.may(Permission.READ_HANDOVERS, handover.seen_by) or teaches(viewer, handover, handover.seen_by)
    )
    return [
        Line(
            row.at,
            row.by.name if row.by else "",
            SENTENCES.get(row.move, row.move).format(version=row.version),
            row.note if content else "",
        )
        for row in rows
    ]


def receipts(viewer: Viewer, handover: Handover) -> list[Read]:
    """Who has read which version, newest first."""
    here = viewer.reach(Permission.SEE_PROGRESS) | viewer.reach(Permission.TEACH)
    rows = Receipt.objects.filter(version__handover=handover).filter(Q(school__in=here) | Q(reader__in=here))
    return [
        Read(who=name, at=at, version=number, by_id=by_id)
        for name, at, number, by_id in rows.order_by("-at").values_list(
            "by__name", "at", "version__number", "by_id"
        )
    ]


def receipt_of(viewer: Viewer, handover: Handover, reads: Iterable[Read]) -> datetime | None:
    """When this viewer read the latest version, if they have."""
    return next(
        (each.at for each in reads if each.version == handover.latest and each.by_id == viewer.user_id), None
    )


def conversations(viewer: Viewer, handover: Handover) -> list[Met]:
    """The conversations about this child, planned and held, newest first."""
    people = ConversationAdult.objects.select_related("user", "organisation")
    lines = (
        ConversationLine.objects.visible_to(viewer)
        .filter(handover=handover, conversation__cancelled_at__isnull=True)
        .select_related("conversation")
        .annotate(children=Count("conversation__lines"))
        .prefetch_related(Prefetch("conversation__adults", people))
    )
    found = [
        Met(
            conversation=line.conversation,
            adults=", ".join(
                f"{adult.user.name} ({adult.organisation.name})" for adult in line.conversation.adults.all()
            ),
            note=line.note,
            children=line.children,
        )
        for line in lines
    ]
    return sorted(
        found,
        key=lambda met: met.conversation.held_on or met.conversation.planned_for or date.min,
        reverse=True,
    )


def planned_on(mets: Iterable[Met]) -> date | None:
    """The day of the next planned conversation that has not been held."""
    days = [
        met.conversation.planned_for
        for met in mets
        if met.conversation.held_on is None and met.conversation.planned_for is not None
    ]
    return min(days, default=None)

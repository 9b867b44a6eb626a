"""The story of a handover in sentences, for the foot of the page and for print."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, OuterRef, Q, Subquery

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.lib.names import within_a_sentence
from transitions.enums import DestinationSource, DestinationState, Elsewhere, TellingWay
from transitions.models import (
    ClosedPlace,
    Conversation,
    ConversationLine,
    DestinationChange,
    Handover,
    HandoverStep,
    Receipt,
    Transition,
)
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
    viewer: Viewer,
    move: Transition,
    handover: Handover | None,
    reads: Iterable[Read] = (),
    closed: Iterable[ClosedPlace] = (),
) -> list[Line]:
    """Newest first, with who has read what. The next school sees what concerned it, the present one everything."""
    lines = [*destination_lines(viewer, move), *closing_lines(closed)]
    if handover is not None:
        lines += step_lines(viewer, handover)
        lines += [Line(read.at, read.who, f"read version {read.version}") for read in reads]
        if viewer.may(Permission.SEE_PROGRESS, handover.school_id):
            begun_by = getattr(move, "begun_by", None)  # as `find_move` reads it
            lines.append(Line(handover.begun_at, begun_by or "", "began the handover"))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def destination_lines(viewer: Viewer, move: Transition) -> Iterable[Line]:
    if not (viewer.may(Permission.SEE_PROGRESS, move.school_id) or teaches(viewer, move, move.school_id)):
        return
    rows = DestinationChange.objects.filter(transition=move).values_list(
        "at", "by__name", "to_school__name", "elsewhere", "state", "source", "on"
    )
    for at, by, school, elsewhere, state, source, on in rows:
        where = school or (str(Elsewhere(elsewhere).label) if elsewhere else "")
        known = within_a_sentence(str(DestinationState(state).label))
        since = within_a_sentence(str(DestinationSource(source).label)) if source else ""
        yield Line(
            at,
            by or "A file",
            f"recorded the destination: {where + ', ' if where else ''}{known}"
            + (f" ({since}, {day_words(on)})" if since else ""),
        )


def closing_lines(closed: Iterable[ClosedPlace]) -> Iterable[Line]:
    """What a former school has confirmed, and when the family was told: for the present school."""
    for place in closed:
        if place.destroyed_at is not None:
            what = f"confirmed that {place.former.name} has destroyed its prints and downloads"
            yield Line(place.destroyed_at, place.destroyed_by.name if place.destroyed_by else "", what)
        if place.told_at is not None and place.told_on is not None:
            how = within_a_sentence(str(TellingWay(place.told_how).label))
            what = f"told the family of the change, {how}, {day_words(place.told_on)}"
            yield Line(place.told_at, place.told_by.name if place.told_by else "", what)


def step_lines(viewer: Viewer, handover: Handover) -> list[Line]:
    rows = HandoverStep.objects.filter(handover=handover).exclude(move="receive")
    if not viewer.may(Permission.SEE_PROGRESS, handover.school_id) and not (
        teaches(viewer, handover, handover.school_id)
    ):
        rows = rows.filter(reader__in=viewer.reach(Permission.SEE_PROGRESS) | viewer.reach(Permission.TEACH))
    content = may_read_own(viewer, handover) or (
        viewer.may(Permission.READ_HANDOVERS, handover.seen_by) or teaches(viewer, handover, handover.seen_by)
    )
    return [
        Line(at, by or "", SENTENCES.get(move, move).format(version=version), note if content else "")
        for at, by, move, version, note in rows.values_list("at", "by__name", "move", "version", "note")
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
    """The conversations about this child, planned and held, newest first, with who takes part: in one query."""
    others = ConversationLine.objects.filter(conversation=OuterRef("conversation")).values("conversation")
    rows = (
        ConversationLine.objects.visible_to(viewer)
        .filter(handover=handover, conversation__cancelled_at__isnull=True)
        .select_related("conversation")
        .annotate(
            children=Subquery(others.annotate(number=Count("pk")).values("number")),
            adult=F("conversation__adults__user__name"),
            stands_for=F("conversation__adults__organisation__name"),
        )
        .order_by("conversation__adults__pk")
    )
    found: dict[uuid.UUID, Met] = {}
    people: dict[uuid.UUID, list[str]] = defaultdict(list)
    for row in rows:
        if row.adult:
            people[row.pk].append(f"{row.adult} ({row.stands_for})")
        found[row.pk] = Met(row.conversation, ", ".join(people[row.pk]), row.note, row.children)
    return sorted(
        found.values(),
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

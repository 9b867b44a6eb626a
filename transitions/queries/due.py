"""What is due by a day, for reminders alone: no viewer, ids and dates only, worked out from present state."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from partnership.lib.dates import BeyondCalendar, SchoolCalendar
from schools.enums import SenProvision
from schools.queries.calendars import calendars_for
from schools.queries.duties import DutyBook, NoSuchDuty, duties_for
from schools.queries.holding import PostBook, post_book
from transitions.enums import DestinationState, HandoverKind, HandoverState
from transitions.models import Conversation, ConversationAdult, Transition
from transitions.queries.progress import MoveKind, NextMove, open_moves
from transitions.queries.talks import planned_days
from transitions.queries.tally import with_progress

A_YEAR = timedelta(days=366)
SEND = Q(handover__kind=HandoverKind.SEND)
UNREAD = SEND & Q(
    handover__state__in=[
        HandoverState.SHARED,
        HandoverState.MET,
        HandoverState.ACCEPTED,
        HandoverState.SETTLED,
    ],
    handover__received_at__isnull=True,
)

ROWS: Mapping[MoveKind, Q] = {
    MoveKind.DESTINATION: Q(destination_state__in=[DestinationState.NONE, DestinationState.WITHDRAWN]),
    MoveKind.BEGIN: Q(
        handover__isnull=True, pupil__sen_provision__in=[SenProvision.SUPPORT, SenProvision.EHC_PLAN]
    ),
    MoveKind.SHARE: SEND & Q(handover__state__in=[HandoverState.DRAFT, HandoverState.WITHDRAWN]),
    MoveKind.RECEIVE: UNREAD,
    MoveKind.READ_AGAIN: UNREAD,
    MoveKind.TALK: SEND & Q(handover__state=HandoverState.SHARED, handover__received_at__isnull=False),
    MoveKind.SETTLE: SEND & Q(handover__state=HandoverState.ACCEPTED),
}
"""Which rows can be waiting for each move: what the database can tell before any date is worked out."""


@dataclass(frozen=True, slots=True)
class Due:
    """One matter that has come due, and who is told of it."""

    transition_id: uuid.UUID
    handover_id: uuid.UUID | None
    move: NextMove
    told: tuple[uuid.UUID, ...]
    heads: tuple[uuid.UUID, ...]
    """Told besides, once it has been late for the further period; empty until then."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A conversation that is near, and the adults who take part."""

    conversation_id: uuid.UUID
    planned_for: date
    told: tuple[uuid.UUID, ...]


def due_moves(kind: MoveKind, *, today: date) -> Iterator[Due]:
    """Every open move of one kind whose day has come. A pupil who moved more than a year ago is over (practice P19)."""
    rows = list(waiting(kind, today=today))
    if not rows:
        return
    schools = {row.school_id for row in rows} | {row.to_school_id for row in rows if row.to_school_id}
    calendars, duties = calendars_for(schools), duties_for(schools, on=today)
    posts = post_book(schools, on=today)
    planned = planned_days({row.pk for row in rows}) if kind == MoveKind.TALK else {}
    for row in rows:
        handover = getattr(row, "handover", None)
        moves = open_moves(
            row, handover, calendars=calendars, duties=duties, today=today, planned_on=planned.get(row.pk)
        )
        for move in moves:
            if move.kind == kind and move.due_on is not None and move.due_on <= today:
                yield Due(
                    transition_id=row.pk,
                    handover_id=handover.pk if handover else None,
                    move=move,
                    told=tuple(each.user_id for each in posts.answering(move.organisation_id, move.role)),
                    heads=heads_by_now(move, posts, calendars, duties, today=today),
                )


def waiting(kind: MoveKind, *, today: date) -> QuerySet[Transition]:
    """The rows that can be waiting for this move, with what its date depends on."""
    near = Q(moves_on__lte=today + A_YEAR, moves_on__gte=today - A_YEAR)
    return with_progress(Transition.objects.filter(ROWS[kind], near, elsewhere="")).order_by("pk")


def heads_by_now(
    move: NextMove,
    posts: PostBook,
    calendars: Mapping[uuid.UUID, SchoolCalendar],
    duties: DutyBook,
    *,
    today: date,
) -> tuple[uuid.UUID, ...]:
    """The heads, when the matter has stayed open for the further period; not those who were told in the first place."""
    if move.organisation_id is None or move.due_on is None:
        return ()
    try:
        further = duties.of("head_told_after", move.organisation_id)
        if further.after(move.due_on, calendars[move.organisation_id]) > today:
            return ()
    except (BeyondCalendar, NoSuchDuty, ValueError):
        return ()
    told = {each.user_id for each in posts.answering(move.organisation_id, move.role)}
    return tuple(each.user_id for each in posts.heads(move.organisation_id) if each.user_id not in told)


def conversations_near(*, today: date) -> Iterator[Coming]:
    """Conversations from today up to the announced period ahead, unless held or cancelled."""
    ahead = today + timedelta(days=31)
    rows = list(
        Conversation.objects.filter(
            planned_for__range=(today, ahead), held_on__isnull=True, cancelled_at__isnull=True
        ).order_by("planned_for", "pk")
    )
    schools = {row.school_id for row in rows} | {row.reader_id for row in rows}
    calendars, duties = calendars_for(schools), duties_for(schools, on=today)
    people = adults_of([row.pk for row in rows])
    for row in rows:
        if row.planned_for is None:
            continue
        told = tuple(
            user_id
            for user_id, organisation_id in people.get(row.pk, ())
            if announced_from(row.planned_for, organisation_id, calendars, duties) <= today
        )
        if told:
            yield Coming(conversation_id=row.pk, planned_for=row.planned_for, told=told)


def announced_from(
    planned_for: date,
    organisation_id: uuid.UUID,
    calendars: Mapping[uuid.UUID, SchoolCalendar],
    duties: DutyBook,
) -> date:
    """The school day from which a conversation is announced: Friday for one on Monday. The day before where the
    terms are not entered."""
    try:
        return duties.of("conversation_tomorrow", organisation_id).before(
            planned_for, calendars[organisation_id]
        )
    except (BeyondCalendar, KeyError, NoSuchDuty, ValueError):
        return planned_for - timedelta(days=1)


def adults_of(conversation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID]]]:
    """By conversation: the adults who take part and the school each stands for."""
    rows = ConversationAdult.objects.filter(
        Q(organisation=F("conversation__school")) | Q(organisation=F("conversation__reader")),
        conversation__in=conversation_ids,
    )
    found: dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID]]] = {}
    for each in rows.order_by("pk").values_list("conversation_id", "user_id", "organisation_id"):
        found.setdefault(each[0], []).append((each[1], each[2]))
    return found

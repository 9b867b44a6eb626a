"""Whose move it is, and by when: one pure answer for the boards, the child's page and the reminders.

Nothing here queries: the move comes with its schools and its pupil, calendars and duties are read beforehand."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.utils import timezone

from partnership.lib.dates import BeyondCalendar, SchoolCalendar, due_words
from partnership.lib.names import within_a_sentence
from partnership.ui.components import TrackStep, steps_at
from schools.enums import PeriodUnit, Role, SenProvision
from schools.queries.duties import DutyBook, DutyFacts, NoSuchDuty
from transitions.enums import Boundary, DestinationState, Elsewhere, HandoverKind, HandoverState
from transitions.models import Handover, Transition
from transitions.queries.next_moves import CLASS_WHAT, DUTY_OF, ROLE_OF, WHAT, MoveKind, NextMove, Side

__all__ = [
    "MoveKind",
    "NextMove",
    "Side",
    "kept_by",
    "next_move",
    "open_moves",
    "step_code",
    "step_of",
    "track_labels",
    "track_of",
]

NO_TERMS = SchoolCalendar(half_terms=())
SOON = timedelta(days=7)
NEVER_LATE = (MoveKind.NOTE, MoveKind.NOTE_OF_NO_CLASS)
"""A class note helps, and nobody owes it."""


def next_move(
    transition: Transition,
    handover: Handover | None,
    *,
    calendars: Mapping[uuid.UUID, SchoolCalendar],
    duties: DutyBook,
    today: date,
    planned_on: date | None = None,
) -> NextMove:
    """The one that is due first; where none has a date, the first in the order of the road.

    `calendars` and `duties` hold both schools (`calendars_for`, `duties_for`); `planned_on` is the day of a planned
    conversation, where the asker may know it."""
    moves = open_moves(
        transition, handover, calendars=calendars, duties=duties, today=today, planned_on=planned_on
    )
    return min(moves, key=lambda move: move.due_on or date.max)


def open_moves(
    transition: Transition,
    handover: Handover | None,
    *,
    calendars: Mapping[uuid.UUID, SchoolCalendar],
    duties: DutyBook,
    today: date,
    planned_on: date | None = None,
) -> tuple[NextMove, ...]:
    """Everything that stands open for one child, in the order of the road; never empty."""
    asked = _Asked(transition, handover, calendars, duties, today, planned_on)
    if transition.elsewhere:
        words = f"Nothing is shared: {within_a_sentence(str(Elsewhere(transition.elsewhere).label))}"
        return (NextMove(MoveKind.ELSEWHERE, Side.NOBODY, words),)
    moves = [*asked.about_the_place(), *asked.about_the_handover()]
    return tuple(moves) or (asked.at_rest(),)


def needs_handover(transition: Transition) -> bool:
    """Every child with SEN support or an EHC plan has a SEND handover; for any other the sender chooses."""
    return transition.pupil.sen_provision in (SenProvision.SUPPORT, SenProvision.EHC_PLAN)


def is_send(transition: Transition, handover: Handover | None) -> bool:
    """Whether the child walks the SEND road: by need, or because the sender chose it."""
    return needs_handover(transition) or (handover is not None and handover.kind == HandoverKind.SEND)


SEND_TRACK = ("Next school", "Shared", "Talked over", "Accepted", "Settled")
CLASS_TRACK = ("Next school", "Shared", "Read")
ELSEWHERE_TRACK = ("Next school",)
SHARED_STEP = 2
SEND_STEP = {
    HandoverState.SHARED: SHARED_STEP,
    HandoverState.MET: 3,
    HandoverState.ACCEPTED: 4,
    HandoverState.SETTLED: 5,
}


def step_of(transition: Transition, handover: Handover | None) -> int:
    """Which step of the track the child stands on, from 0 (next school not sure) to past the last (all done)."""
    if transition.elsewhere:
        return len(ELSEWHERE_TRACK)
    state = handover.state if handover else ""
    if not is_send(transition, handover):
        shared = state == HandoverState.SHARED
        reached = 0 if not handover or not shared else 3 if handover.received_at else 2
    else:
        reached = SEND_STEP.get(HandoverState(state), 0) if state else 0
    return reached or int(transition.may_share_now)


def step_code(transition: Transition, handover: Handover | None) -> str:
    """The step as the boards name it: `done` past the last one, `read` for a class note that nobody has read yet."""
    step = step_of(transition, handover)
    if step >= len(track_labels(transition, handover)):
        return "done"
    return "read" if step == SHARED_STEP and not is_send(transition, handover) else str(step)


def track_labels(transition: Transition, handover: Handover | None) -> tuple[str, ...]:
    """Five steps on the SEND road, three for a class note, one for a child who goes where nothing can be shared."""
    if transition.elsewhere:
        return ELSEWHERE_TRACK
    return SEND_TRACK if is_send(transition, handover) else CLASS_TRACK


def track_of(transition: Transition, handover: Handover | None, move: NextMove) -> tuple[TrackStep, ...]:
    """The steps as drawn: done, now (or late) and to come."""
    return steps_at(track_labels(transition, handover), step_of(transition, handover), late=move.late)


class _Asked:
    """The facts of one question, so that the rules below read as sentences."""

    def __init__(
        self,
        transition: Transition,
        handover: Handover | None,
        calendars: Mapping[uuid.UUID, SchoolCalendar],
        duties: DutyBook,
        today: date,
        planned_on: date | None,
    ) -> None:
        self.transition, self.handover = transition, handover
        self.calendars, self.duties, self.today, self.planned_on = calendars, duties, today, planned_on

    def about_the_place(self) -> list[NextMove]:
        state = self.transition.destination_state
        if state in (DestinationState.NONE, DestinationState.WITHDRAWN):
            return [self.present(MoveKind.DESTINATION)]
        return [] if self.transition.may_share_now else [self.present(MoveKind.CONFIRM)]

    def about_the_handover(self) -> list[NextMove]:
        handover = self.handover
        if handover is None:
            return [self.present(MoveKind.BEGIN)] if needs_handover(self.transition) else []
        if handover.state in (HandoverState.DRAFT, HandoverState.WITHDRAWN):
            return [self.present(MoveKind.SHARE)] if self.transition.may_share_now else []
        if handover.received_at is None:
            unread = self.unread(handover)
            return [*unread, *self.settling(handover)] if handover.state == HandoverState.ACCEPTED else unread
        if handover.state == HandoverState.SHARED and handover.kind == HandoverKind.SEND:
            return [self.conversation(timezone.localdate(handover.received_at))]
        if handover.state == HandoverState.MET and handover.met_on is not None:
            return [self.following(MoveKind.ACCEPT, handover.met_on)]
        return self.settling(handover)

    def unread(self, handover: Handover) -> list[NextMove]:
        """What was sent last has been received by nobody, at whatever step: at first, or after an amendment."""
        if handover.shared_at is None:
            return []
        amended = handover.latest > 1 and handover.state != HandoverState.SHARED
        kind = MoveKind.READ_AGAIN if amended else MoveKind.RECEIVE
        return [self.following(kind, timezone.localdate(handover.shared_at))]

    def settling(self, handover: Handover) -> list[NextMove]:
        if handover.state != HandoverState.ACCEPTED:
            return []
        return [self.following(MoveKind.SETTLE, self.transition.moves_on)]

    def conversation(self, received_on: date) -> NextMove:
        if self.planned_on is None:
            return self.following(MoveKind.TALK, received_on)
        kind = MoveKind.HOLD if self.planned_on >= self.today else MoveKind.RECORD
        return self.made(kind, Side.NEXT, lambda duty, calendar: self.planned_on)

    def at_rest(self) -> NextMove:
        """Nothing is asked: a class note may still be written before a child without SEND moves."""
        if self.handover is None and self.today < self.transition.moves_on:
            classless = getattr(self.transition, "classless", False)
            return self.present(MoveKind.NOTE_OF_NO_CLASS if classless else MoveKind.NOTE)
        return NextMove(MoveKind.DONE, Side.NOBODY, WHAT[MoveKind.DONE])

    def present(self, kind: MoveKind) -> NextMove:
        """A move of the present school, due by a day of the year before the child moves; in-year, by the move itself."""

        def day(duty: DutyFacts | None, calendar: SchoolCalendar) -> date | None:
            limit = self.transition.moves_on
            if duty is None:
                return None
            if self.transition.boundary == Boundary.IN_YEAR:
                return limit - timedelta(days=1)
            return (
                duty.last_before(limit)
                if duty.unit == PeriodUnit.DAY_OF_YEAR
                else duty.before(limit, calendar)
            )

        return self.made(kind, Side.PRESENT, day)

    def following(self, kind: MoveKind, since: date) -> NextMove:
        """A move of the next school, due a while after something happened."""
        return self.made(
            kind, Side.NEXT, lambda duty, calendar: duty.after(since, calendar) if duty else None
        )

    def made(
        self, kind: MoveKind, side: Side, day: Callable[[DutyFacts | None, SchoolCalendar], date | None]
    ) -> NextMove:
        move = self.transition
        school = move.school if side == Side.PRESENT else move.to_school
        school_id = move.school_id if side == Side.PRESENT else move.to_school_id
        calendar = self.calendars.get(school_id, NO_TERMS) if school_id else NO_TERMS
        duty = self.duty(kind, school_id)
        due_on = safe_day(day, duty, calendar)
        note = self.handover is not None and self.handover.kind == HandoverKind.CLASS
        role = ROLE_OF.get(kind) or (duty.owner_role if duty else "") or Role.SENCO
        return NextMove(
            kind=kind,
            side=side,
            what=CLASS_WHAT.get(kind, WHAT[kind]) if note else WHAT[kind],
            organisation_id=school_id,
            organisation_name=school.name if school else "",
            role=role,
            due_on=due_on,
            due_words=due_words(due_on, today=self.today, calendar=calendar) if due_on else "",
            late=due_on is not None and due_on < self.today and kind not in NEVER_LATE,
            soon=due_on is not None and self.today <= due_on <= self.today + SOON,
        )

    def duty(self, kind: MoveKind, school_id: uuid.UUID | None) -> DutyFacts | None:
        try:
            return self.duties.of(DUTY_OF[kind], school_id) if kind in DUTY_OF else None
        except NoSuchDuty:
            return None


def safe_day(
    day: Callable[[DutyFacts | None, SchoolCalendar], date | None],
    duty: DutyFacts | None,
    calendar: SchoolCalendar,
) -> date | None:
    """The day as people can keep it: the last school day on or before it (P17, P21). Where the terms are not entered a
    day of the year stands as it is, and a count of school days gives none: it would be a guess."""
    try:
        found = day(duty, calendar)
    except (BeyondCalendar, ValueError):
        return None
    return kept_by(found, calendar) if found else None


def kept_by(day: date, calendar: SchoolCalendar) -> date:
    """The last school day on or before the day; the day itself where the terms are not entered."""
    try:
        return calendar.on_or_before(day)
    except BeyondCalendar:
        return day

"""A board in short: of every child only what sorting, narrowing and counting ask, so that a page alone is read whole.

What stands open is still worked out by `progress`, once for all children whose facts are alike: at schools with the same
calendar and duties a few hundred answers serve a county."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from schools.models import Organisation, Pupil
from transitions.enums import DestinationState, Elsewhere
from transitions.models import Handover, Transition
from transitions.queries.progress import Side, is_send, open_moves, step_code
from transitions.queries.standing import Book, book_for
from transitions.queries.talks import planned_days

NO_SCHOOL_YET = "No next school yet"


class Facts(NamedTuple):
    """All that an answer depends on; children with the same facts stand alike."""

    school: uuid.UUID
    to_school: uuid.UUID | None
    elsewhere: str
    destination: str
    boundary: str
    moves_on: date
    sen: str
    kind: str | None
    state: str | None
    shared_on: date | None
    received_on: date | None
    met_on: date | None
    planned_on: date | None = None


COLUMNS = (
    "school_id", "to_school_id", "elsewhere", "destination_state", "boundary", "moves_on", "pupil__sen_provision",
    "handover__kind", "handover__state", "handover__shared_at__date", "handover__received_at__date", "handover__met_on",
)  # fmt: skip


class Stands(NamedTuple):
    """Where such a child stands."""

    send: bool
    step: str
    late: bool
    here: bool
    """Whether the present school still has it on its board."""


@dataclass(frozen=True, slots=True)
class Line:
    """One child on a board, in short."""

    pk: uuid.UUID
    other: str
    """The school at the far end, by which the board is grouped."""
    order: tuple[int, str, str, bool, str, str]
    destination: str
    sen: str
    stands: Stands

    @property
    def send(self) -> bool:
        return self.stands.send

    @property
    def step(self) -> str:
        return self.stands.step

    @property
    def late(self) -> bool:
        return self.stands.late


@dataclass(frozen=True, slots=True)
class Board:
    """All the children in scope, in the order of the board, and the book by which they were judged."""

    lines: list[Line]
    book: Book | None = None


def board_of(moves: QuerySet[Transition], side: Side, *, today: date) -> Board:
    """Those without a next school first, then by school; SEND first, then by name."""
    rows = [
        (pk, name_key, Facts(*facts))
        for pk, name_key, *facts in moves.values_list("pk", "pupil__name_key", *COLUMNS)
    ]
    if not rows:
        return Board([])
    ids = {pk for _, _, facts in rows for pk in (facts.school, facts.to_school) if pk}
    schools = Organisation.objects.only("name", "name_key", "local_authority").in_bulk(ids)
    book = book_for(schools, planned_days(moves.values("pk")), today=today)
    judge = Judge(schools, book)
    lines = []
    for pk, name_key, facts in rows:
        stands = judge.of(pk, facts)
        if side == Side.NEXT or stands.here:
            lines.append(line(pk, name_key, facts, stands, schools, side))
    lines.sort(key=lambda each: each.order)
    return Board(lines, book)


def line(
    pk: uuid.UUID, name_key: str, facts: Facts, stands: Stands, schools: dict[uuid.UUID, Organisation], side: Side
) -> Line:  # fmt: skip
    far = facts.school if side == Side.NEXT else facts.to_school
    school = schools[far] if far else None
    other = school.name if school else nowhere(facts.elsewhere)
    unplaced = facts.destination in (DestinationState.NONE, DestinationState.WITHDRAWN)
    rank = 0 if unplaced and side == Side.PRESENT else 1 if school else 2
    order = (rank, school.name_key if school else other, other, not stands.send, name_key, str(pk))
    return Line(pk, other, order, facts.destination, facts.sen, stands)


def nowhere(elsewhere: str) -> str:
    """What stands where a next school would."""
    return str(Elsewhere(elsewhere).label) if elsewhere else NO_SCHOOL_YET


class Judge:
    """Answers each set of facts once. Schools with the same calendar and duties count as one."""

    def __init__(self, schools: dict[uuid.UUID, Organisation], book: Book) -> None:
        self.schools, self.book = schools, book
        self.known: dict[Facts, Stands] = {}
        self.alike: dict[uuid.UUID, uuid.UUID] = {}
        first: dict[object, uuid.UUID] = {}
        for pk in schools:
            own = tuple(each for each in book.duties.partnerships.get(pk, ()) if each in book.duties.own)
            self.alike[pk] = first.setdefault((id(book.calendars[pk]), own), pk)

    def of(self, pk: uuid.UUID, facts: Facts) -> Stands:
        facts = facts._replace(
            school=self.alike[facts.school],
            to_school=self.alike[facts.to_school] if facts.to_school else None,
            planned_on=self.book.planned.get(pk),
        )
        if facts not in self.known:
            self.known[facts] = self.judged(facts)
        return self.known[facts]

    def judged(self, facts: Facts) -> Stands:
        """By the same rules as a whole row, asked of a child made of these facts."""
        move, handover = child_of(facts, self.schools)
        moves = open_moves(
            move,
            handover,
            calendars=self.book.calendars,
            duties=self.book.duties,
            today=self.book.today,
            planned_on=facts.planned_on,
        )
        return Stands(
            send=is_send(move, handover),
            step=step_code(move, handover),
            late=min(moves, key=lambda each: each.due_on or date.max).late,
            here=facts.moves_on > self.book.today or any(each.side == Side.PRESENT for each in moves),
        )


def child_of(
    facts: Facts, schools: dict[uuid.UUID, Organisation]
) -> tuple[Transition, Handover | None]:  # fmt: skip
    """A child with these facts, never saved."""
    move = Transition(
        school=schools[facts.school],
        to_school=schools[facts.to_school] if facts.to_school else None,
        pupil=Pupil(sen_provision=facts.sen),
        elsewhere=facts.elsewhere,
        destination_state=facts.destination,
        boundary=facts.boundary,
        moves_on=facts.moves_on,
    )
    if facts.kind is None or facts.state is None:
        return move, None
    return move, Handover(
        kind=facts.kind, state=facts.state, met_on=facts.met_on, shared_at=noon(facts.shared_on),
        received_at=noon(facts.received_on),
    )  # fmt: skip


def noon(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time(12))) if day else None

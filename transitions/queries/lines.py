"""A board in short: of every child only what sorting, narrowing and counting ask, so that a page alone is read whole.

What stands open is still worked out by `progress`, once for all children whose facts are alike: at schools with the same
calendar and duties a few hundred answers serve a county."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.utils import timezone

from schools.models import Organisation, Pupil
from transitions.enums import DestinationState, Elsewhere
from transitions.models import Handover, Transition
from transitions.queries.progress import Side, is_send, open_moves, step_code
from transitions.queries.standing import Book, book_for
from transitions.queries.talks import planned_days_at

M = TypeVar("M", bound=Model)
SOME = 500
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
    latest: int | None
    planned_on: date | None = None


COLUMNS = (
    "school_id", "to_school_id", "elsewhere", "destination_state", "boundary", "moves_on", "pupil__sen_provision",
    "handover__kind", "handover__state", "handover__shared_at__date", "handover__received_at__date", "handover__met_on",
    "handover__latest",
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
    order: tuple[int, str, str, bool, str, uuid.UUID]
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
    """All the children in scope, in the order of the board, and by what they were judged."""

    lines: list[Line]
    book: Book | None = None
    schools: Mapping[uuid.UUID, Organisation] = field(default_factory=dict)
    """Every school that a line names."""


def board_of(moves: QuerySet[Transition], side: Side, *, today: date) -> Board:
    """Those without a next school first, then by school; SEND first, then by name."""
    same: dict[object, Any] = {}
    rows = [
        (pk, name_key, Facts(*(same.setdefault(each, each) for each in facts)))
        for pk, name_key, *facts in read(moves.values_list("pk", "pupil__name_key", *COLUMNS))
    ]
    if not rows:
        return Board([])
    ids = {pk for _, _, facts in rows for pk in (facts.school, facts.to_school) if pk}
    schools = Organisation.objects.only("name", "name_key", "local_authority").in_bulk(ids)
    sides = (facts.school if side == Side.PRESENT else facts.to_school for _, _, facts in rows)
    book = book_for(schools, planned_days_at({pk for pk in sides if pk}, side), today=today)
    judge = Judge(schools, book)
    lines = []
    for pk, name_key, facts in rows:
        stands = judge.of(pk, facts)
        if side == Side.NEXT or stands.here:
            lines.append(line(pk, name_key, facts, stands, schools, side))
    lines.sort(key=lambda each: each.order)
    return Board(lines, book, schools)


def read(rows: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows as the driver reads them, some at a time: those of a county are never in memory all at once."""
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while some := cursor.fetchmany(SOME):
            yield from some


def line(
    pk: uuid.UUID, name_key: str, facts: Facts, stands: Stands, schools: dict[uuid.UUID, Organisation], side: Side
) -> Line:  # fmt: skip
    far = facts.school if side == Side.NEXT else facts.to_school
    school = schools[far] if far else None
    other = school.name if school else nowhere(facts.elsewhere)
    unplaced = facts.destination in (DestinationState.NONE, DestinationState.WITHDRAWN)
    rank = 0 if unplaced and side == Side.PRESENT else 1 if school else 2
    order = (rank, school.name_key if school else other, other, not stands.send, name_key, pk)
    return Line(pk, other, order, facts.destination, facts.sen, stands)


def nowhere(elsewhere: str) -> str:
    """What stands where a next school would."""
    return str(Elsewhere(elsewhere).label) if elsewhere else NO_SCHOOL_YET


class Judge:
    """Answers each set of facts once. Schools with the same calendar and duties count as one."""

    def __init__(self, schools: Mapping[uuid.UUID, Organisation], book: Book) -> None:
        self.schools, self.book = schools, book
        self.known: dict[tuple[object, ...], Stands] = {}
        self.alike: dict[uuid.UUID | None, int] = {None: -1}
        first: dict[object, int] = {}
        for pk in schools:
            own = tuple(each for each in book.duties.partnerships.get(pk, ()) if each in book.duties.own)
            self.alike[pk] = first.setdefault((id(book.calendars[pk]), own), len(first))

    def of(self, pk: uuid.UUID, facts: Facts) -> Stands:
        school, to_school, *rest, _ = facts
        planned_on = self.book.planned.get(pk)
        key = (self.alike[school], self.alike[to_school], planned_on, *rest)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.judged(facts._replace(planned_on=planned_on))
        return found

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
    facts: Facts, schools: Mapping[uuid.UUID, Organisation]
) -> tuple[Transition, Handover | None]:  # fmt: skip
    """A child with these facts, never saved."""
    move = bare(
        Transition,
        school_id=facts.school,
        school=schools[facts.school],
        to_school_id=facts.to_school,
        to_school=schools[facts.to_school] if facts.to_school else None,
        pupil=bare(Pupil, sen_provision=facts.sen),
        elsewhere=facts.elsewhere,
        destination_state=facts.destination,
        boundary=facts.boundary,
        moves_on=facts.moves_on,
    )
    if facts.kind is None or facts.state is None:
        return move, None
    return move, bare(
        Handover, kind=facts.kind, state=facts.state, met_on=facts.met_on, shared_at=noon(facts.shared_on),
        received_at=noon(facts.received_on), latest=facts.latest or 0,
    )  # fmt: skip


def bare(model: type[M], **values: Any) -> M:
    """A row that holds these values and nothing else: no id is made for it, and what was not given cannot be asked."""
    row = model.__new__(model)
    row._state = ModelState()
    row.__dict__.update(values)
    row._state.fields_cache.update(values)  # where a foreign key looks for its row
    return row


def noon(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time(12))) if day else None

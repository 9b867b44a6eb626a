"""Where bookings stand, read from their numbers: for pages as a viewer, for reminders without one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypedDict

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from cpd.enums import SessionState
from cpd.models import Ahead, Booking, BookingQuerySet, Session
from cpd.rules import Claim, Standing, in_order, one_more, standings


@dataclass(frozen=True, slots=True)
class Turn:
    """A booking as its session's queue knows it: ids and a number."""

    id: uuid.UUID
    session_id: uuid.UUID
    person_id: uuid.UUID
    claim: Claim


@dataclass(frozen=True, slots=True)
class Queue:
    """Everybody booked for one session, in order of number, and where each stands; `claims` holds what was cancelled too."""

    session: Session
    claims: Sequence[Claim]
    turns: Sequence[Turn]
    found: Mapping[uuid.UUID, Standing]
    today: date

    def standing(self, booking_id: uuid.UUID) -> Standing:
        return self.found[booking_id]

    def turn_of(self, person_id: uuid.UUID | None) -> Turn | None:
        return next((turn for turn in self.turns if turn.person_id == person_id), None)

    def seen_by(self, person_id: uuid.UUID | None, schools: Collection[uuid.UUID] = ()) -> Seen:
        turn = self.turn_of(person_id)
        more = [self.one_more(each) for each in schools or [self.session.partnership_id]]
        best = min(more, key=lambda each: (not each.placed, each.rank))
        return Seen(self.taken, self.waiting, turn, self.standing(turn.id) if turn else None, best)

    def one_more(self, organisation_id: uuid.UUID) -> Standing:
        """Where somebody of this school would stand who books now."""
        return one_more(organisation_id, self.claims, **rules_of(self.session), today=self.today)

    def placed_of(self, organisation_id: uuid.UUID) -> int:
        """How many of this school have a place."""
        return sum(turn.claim.organisation_id == organisation_id for turn in self.placed())

    def without(self, booking_id: uuid.UUID) -> Queue:
        """As it would be if this one were cancelled."""
        return self.changed(lambda claim: replace(claim, live=claim.live and claim.id != booking_id))

    def apart(self, party: uuid.UUID) -> Queue:
        """As it would be if this party did not stay together."""
        return self.changed(lambda claim: replace(claim, party=None if claim.party == party else claim.party))

    def changed(self, change: Callable[[Claim], Claim]) -> Queue:
        turns = [replace(turn, claim=change(turn.claim)) for turn in self.turns]
        claims = [change(claim) for claim in self.claims]
        found = standings(claims, **rules_of(self.session), today=self.today)
        return Queue(self.session, claims, turns, found, self.today)

    def gains(self, other: Queue) -> int:
        """How many who wait here have a place in that one."""
        return sum(each.placed and not self.found[pk].placed for pk, each in other.found.items())

    def loses(self, other: Queue) -> bool:
        """Whether anybody with a place here has none in that one."""
        return any(each.placed and not other.found[pk].placed for pk, each in self.found.items())

    @property
    def taken(self) -> int:
        return sum(each.placed for each in self.found.values())

    @property
    def waiting(self) -> int:
        return len(self.turns) - self.taken

    def placed(self) -> list[Turn]:
        return [turn for turn in self.turns if self.standing(turn.id).placed]


FIRST = Standing(placed=True, rank=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """How full a session is, and where one person stands in it, or one more of their school (`next`) would: what a list
    says, without everybody else."""

    taken: int = 0
    waiting: int = 0
    turn: Turn | None = None
    standing: Standing | None = None
    next: Standing = FIRST


def turns_of(rows: BookingQuerySet) -> list[Turn]:
    """These bookings by number, cancelled ones too, in one query."""
    return [turn(*row) for row in rows.order_by("session_id", "number").values_list(*NEEDED)]


NEEDED = (
    "pk", "session_id", "person_id", "organisation_id", "number", "at", "party", "together", "cancelled_at",
)  # fmt: skip


def turn_of(booking: Booking) -> Turn:
    """The same of one that has just been made."""
    return turn(*(getattr(booking, name) for name in NEEDED))


def turn(
    pk: uuid.UUID,
    session_id: uuid.UUID,
    person_id: uuid.UUID,
    organisation_id: uuid.UUID,
    number: int,
    at: datetime,
    party: uuid.UUID | None,
    together: bool,
    cancelled_at: datetime | None,
) -> Turn:
    claim = Claim(
        id=pk,
        number=number,
        organisation_id=organisation_id,
        on=timezone.localdate(at),
        party=party if together else None,
        live=cancelled_at is None,
    )
    return Turn(id=pk, session_id=session_id, person_id=person_id, claim=claim)


class Rules(TypedDict):
    """What a session says to its queue."""

    capacity: int
    share_cap: int | None
    share_until: date | None


def rules_of(session: Session) -> Rules:
    return Rules(capacity=session.capacity, share_cap=session.share_cap, share_until=session.share_until)


def queue_of(session: Session, turns: Sequence[Turn], *, today: date) -> Queue:
    claims = [turn.claim for turn in turns]
    found = standings(claims, **rules_of(session), today=today)
    return Queue(session, claims, [turn for turn in turns if turn.claim.live], found, today)


def queues_of(sessions: Iterable[Session], rows: BookingQuerySet, *, today: date) -> dict[uuid.UUID, Queue]:
    """The queue of each of these sessions, in one query however many they are."""
    sessions = list(sessions)
    by_session: dict[uuid.UUID, list[Turn]] = defaultdict(list)
    for turn in turns_of(rows.filter(session__in=[session.pk for session in sessions])):
        by_session[turn.session_id].append(turn)
    return {session.pk: queue_of(session, by_session[session.pk], today=today) for session in sessions}


def seen_in(
    sessions: Iterable[Session],
    rows: BookingQuerySet,
    person_id: uuid.UUID | None,
    schools: Collection[uuid.UUID] = (),
    *,
    today: date,
) -> dict[uuid.UUID, Seen]:
    """How each of these sessions looks to one person of these schools. Where shares and parties decide nothing the database
    counts, which says the same as the rule (`in_order`); the other queues are read, in one query more."""
    sessions = list(sessions)
    known = {each.pk: each for each in sessions}
    live = rows.live().filter(session__in=[each.pk for each in sessions if each.share_cap is None])
    found: dict[uuid.UUID, Seen] = {}
    whole = {each.pk for each in sessions if each.share_cap is not None}
    each_session = F("session")
    ranked = live.annotate(
        rank=Window(RowNumber(), partition_by=each_session, order_by="number"),
        booked=Window(Count("*"), partition_by=each_session),
        parties=Window(BoolOr("together"), partition_by=each_session),
    ).filter(Q(person=person_id) | Q(rank=1))
    for rank, booked, parties, *needed in ranked.values_list("rank", "booked", "parties", *NEEDED):
        mine = turn(*needed)
        capacity = known[mine.session_id].capacity
        taken, more = min(booked, capacity), in_order(booked + 1, capacity=capacity)
        if parties:
            whole.add(mine.session_id)
        elif mine.person_id == person_id:
            standing = in_order(rank, capacity=capacity)
            found[mine.session_id] = Seen(taken, booked - taken, mine, standing, more)
        else:
            found.setdefault(mine.session_id, Seen(taken, booked - taken, next=more))
    if whole:
        queues = queues_of([known[pk] for pk in whole], rows, today=today)
        found |= {pk: queue.seen_by(person_id, schools) for pk, queue in queues.items()}
    return {each.pk: found.get(each.pk, Seen()) for each in sessions}


def standing_after(
    session: Session, made: Sequence[Booking], *, ahead: Ahead, today: date
) -> dict[uuid.UUID, Standing]:
    """Where those stand who have just drawn their numbers, behind whom the same transaction found ahead of them. Where
    shares or parties decide, the whole queue is read."""
    if session.share_cap is None and not ahead.parties and not any(each.together for each in made):
        ranks = enumerate(made, ahead.live + 1)
        return {each.pk: in_order(rank, capacity=session.capacity) for rank, each in ranks}
    turns = [*turns_of(everyone_booked(session.pk)), *map(turn_of, made)]
    queue = queue_of(session, turns, today=today)
    return {each.pk: queue.standing(each.pk) for each in made}


def everyone_booked(session_id: uuid.UUID) -> BookingQuerySet:
    """All bookings of one session, whose row the caller holds: for the act of booking alone."""
    return Booking.objects.filter(session=session_id)


def has_place(booking: Booking, *, today: date) -> bool:
    """Whether this booking has a place on the day; one that is cancelled has none."""
    turns = turns_of(everyone_booked(booking.session_id))
    standing = queue_of(booking.session, turns, today=today).found.get(booking.pk)
    return standing is not None and standing.placed


def last_got_in(session: Session, rows: BookingQuerySet, *, at: datetime) -> int:
    """How far back in the queue of the last session of this programme somebody stood, when they booked, who had a place
    in the end; 0 where nobody queued and got in. Worked out from the numbers as they were then."""
    last = (
        Session.objects.filter(programme=session.programme_id, state=SessionState.OFFERED, ends_at__lte=at)
        .exclude(pk=session.pk)
        .order_by("-starts_at")
        .first()
    )
    if last is None:
        return 0
    bookings = list(rows.filter(session=last).order_by("number"))
    turns = [turn_of(each) for each in bookings]
    end = queue_of(last, turns, today=timezone.localdate(last.starts_at))
    lucky = [
        each
        for each in bookings
        if each.waited and each.cancelled_at is None and end.standing(each.pk).placed
    ]
    return max((rank_then(last, bookings, each) for each in lucky), default=0)


def rank_then(session: Session, bookings: Sequence[Booking], booking: Booking) -> int:
    """Where this booking stood in the queue at the moment it was made."""
    before = [turn_of(each) for each in bookings if each.number <= booking.number]
    gone = {each.pk for each in bookings if each.cancelled_at is not None and each.cancelled_at <= booking.at}
    then = [replace(turn, claim=replace(turn.claim, live=turn.id not in gone)) for turn in before]
    standing = queue_of(session, then, today=timezone.localdate(booking.at)).standing(booking.pk)
    return 0 if standing.placed else standing.rank

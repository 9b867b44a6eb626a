"""Joint days: choosing a workshop for each part in one press, asking one's staff to, offering and moving a day."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cpd.actions import keeping
from cpd.actions.booking import Outcome, Refused, book, cancel
from cpd.enums import DayState, SessionState
from cpd.models import Booking, Day, Session
from cpd.models.days import on_day
from cpd.queries.queue import everyone_booked, has_place, queue_of, turns_of
from cpd.rules import Standing, may_book_staff, may_keep
from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.notices import Notice, enqueue

ASKED = "cpd.day_asked"


@dataclass(frozen=True, slots=True)
class Wish:
    """For one part of the day: what somebody would like, and what they take where it is full when they press."""

    first: Session
    second: Session | None = None


@dataclass(frozen=True, slots=True)
class Got:
    """What came of a wish. Without a standing nothing changed: what there was before is kept."""

    wish: Wish
    session: Session
    standing: Standing | None

    @property
    def words(self) -> str:
        """A sentence for the page."""
        name = self.session.name
        if self.standing is None:
            return f"“{self.wish.first.name}” is full. You keep your place in “{name}”."
        if not self.standing.placed:
            return f"“{name}” is full. You are number {self.standing.rank} in its queue."
        if self.session.pk != self.wish.first.pk:
            return f"“{self.wish.first.name}” is full. You have a place in “{name}”, your second choice."
        return f"You have a place in “{name}”."


class PartsRefused(Exception):
    """Nothing was booked; for each part that could not be, by its key, why."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("; ".join(reasons.values()))
        self.reasons = reasons


@transaction.atomic
def choose(wishes: Mapping[str, Wish], *, organisation_id: uuid.UUID, by: Viewer, at: datetime) -> list[Got]:
    """Book oneself for every part at once: all as asked, or nothing and PartsRefused. A place one has is never given up
    for a queue. All workshops wished for are held first, so that what is read of them is true until the end."""
    by_id = user_id_of(by)
    asked = {each.pk for wish in wishes.values() for each in (wish.first, wish.second) if each}
    Session.objects.hold(asked)
    held = {
        each.session.starts_at: each
        for each in Booking.objects.live()
        .filter(person=by_id, session__day__in={wish.first.day_id for wish in wishes.values()})
        .exclude(session__state=SessionState.CALLED_OFF)
        .select_related("session__programme")
    }
    got, reasons = [], {}
    for key, wish in sorted(wishes.items(), key=lambda each: each[1].first.starts_at):
        try:
            found = grant(wish, held.get(wish.first.starts_at), organisation_id=organisation_id, by=by, at=at)
        except Refused as refusal:
            reasons[key] = str(refusal)
        else:
            got += [found] if found else []
    if reasons:
        raise PartsRefused(reasons)
    return got


def grant(
    wish: Wish, held: Booking | None, *, organisation_id: uuid.UUID, by: Viewer, at: datetime
) -> Got | None:
    """The first choice, else the second, else what one has, else the queue of the first; None where one has the first."""
    if held is not None and held.session_id == wish.first.pk:
        return None
    placed = held is not None and has_place(held, today=timezone.localdate(at))
    chosen = wish.first
    if not room_in(wish.first, organisation_id=organisation_id, at=at):
        second = wish.second
        if held is not None and placed and (second is None or second.pk == held.session_id):
            return Got(wish, held.session, None)
        if second is not None and room_in(second, organisation_id=organisation_id, at=at):
            chosen = second
        elif held is not None and placed:
            return Got(wish, held.session, None)
    if held is not None:
        cancel(held, by=by, at=at)
    outcome = book(chosen, people=[user_id_of(by)], organisation_id=organisation_id, by=by, at=at)
    if not outcome.made:
        raise Refused("This was changed a moment ago. Look at your day again.")
    return Got(wish, chosen, outcome.found[outcome.made[0].pk])


def room_in(session: Session, *, organisation_id: uuid.UUID, at: datetime) -> bool:
    """Whether one more of this school would have a place, while the session's row is held."""
    turns = turns_of(everyone_booked(session.pk))
    return queue_of(session, turns, today=timezone.localdate(at)).one_more(organisation_id).placed


@transaction.atomic
def book_staff(
    sessions: Iterable[Session],
    *,
    people: Collection[uuid.UUID],
    organisation_id: uuid.UUID,
    by: Viewer,
    at: datetime,
) -> list[Outcome]:
    """A workshop for each part, for these colleagues, who have not chosen for it yet. All or nothing: raises Refused."""
    ensure(may_book_staff(by, organisation_id))
    found = []
    for session in sorted(sessions, key=lambda each: each.starts_at):
        there = Booking.objects.live().filter(
            person__in=people, session__day=session.day_id, session__starts_at=session.starts_at
        )
        chosen = set(
            there.exclude(session__state=SessionState.CALLED_OFF).values_list("person_id", flat=True)
        )
        if waiting := [each for each in people if each not in chosen]:
            found.append(book(session, people=waiting, organisation_id=organisation_id, by=by, at=at))
    return found


def ask(
    day: Day, *, people: Collection[uuid.UUID], organisation_id: uuid.UUID, by: Viewer, at: datetime
) -> None:
    """Ask these colleagues to choose; twice on one day is once."""
    ensure(may_book_staff(by, organisation_id))
    record(
        "day.asked",
        by=by.user_id,
        subject=day,
        organisation=organisation_id,
        at=at,
        facts={"people": sorted(map(str, people))},
    )
    enqueue(
        *(
            Notice(
                key=f"{ASKED}:{day.pk}:{each}:{timezone.localdate(at)}",
                kind=ASKED,
                recipient_id=each,
                facts={"subject": day.pk},
                due_at=at,
            )
            for each in people
        )
    )


@transaction.atomic
def offer_day(day: Day, *, by: Viewer, at: datetime) -> keeping.Offering:
    """Show the day and those of its workshops that are planned."""
    ensure(may_keep(by, day.partnership_id))
    if Day.objects.filter(pk=day.pk, state=DayState.DRAFT).update(state=DayState.OFFERED, changed_at=at):
        record("day.offered", by=by.user_id, subject=day, organisation=day.partnership_id, at=at)
    drafts = Session.objects.filter(day=day, state=SessionState.DRAFT).select_related("programme")
    return keeping.offer(drafts, by=by, at=at)


def follow(day: Day, *, moved: bool, at: datetime) -> None:
    """After a change of the day its workshops are on it, at their own hours, and open for choosing when it says; with
    `moved`, whoever is booked is told."""

    def at_hour(moment: datetime) -> datetime:
        return on_day(day.on, timezone.localtime(moment).time())

    for session in (
        Session.objects.filter(day=day)
        .exclude(state=SessionState.CALLED_OFF)
        .select_related("programme")
        .order_by("starts_at", "pk")
    ):
        session.starts_at, session.ends_at = at_hour(session.starts_at), at_hour(session.ends_at)
        session.opens_at, session.closes_at, session.venue = day.opens_at, day.closes_at, day.venue
        told = moved and session.state == SessionState.OFFERED
        session.revision += int(told)
        session.save()
        if told:
            keeping.tell_moved(session, at=at)

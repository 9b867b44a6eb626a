"""Who of a school is out, when: everybody who is booked, by day, with what the school said to it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cpd.enums import Given, SessionState
from cpd.models import Booking, Release, Session
from cpd.queries.offer import place_words
from cpd.queries.queue import queues_of
from cpd.queries.release import minutes_of, releases_of, rule_of
from cpd.rules import hours_words
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Out:
    """One colleague at one session."""

    booking: Booking
    place: str
    placed: bool
    minutes: int | None
    given: str
    release: Release | None

    @property
    def approval(self) -> str:
        return self.release.approval if self.release else ""

    @property
    def cover(self) -> str:
        return self.release.cover if self.release else ""

    @property
    def unsaid(self) -> bool:
        """Outside paid time, and nobody has said what is given for it."""
        return bool(self.minutes) and not self.given

    @property
    def minutes_words(self) -> str:
        if self.minutes is None:
            return "hours not known"
        return f"{hours_words(self.minutes)} outside" if self.minutes else "in paid time"

    @property
    def given_words(self) -> str:
        return {"": "not said yet", Given.PAID: "paid", Given.TIME_BACK: "time back"}[self.given]


@dataclass(frozen=True, slots=True)
class Day:
    """Who is out on one day, session by session."""

    on: date
    out: Sequence[Out]


@dataclass(frozen=True, slots=True)
class Sum:
    """The minutes of one person outside paid time in the period."""

    name: str
    minutes: int
    unsaid: int

    @property
    def words(self) -> str:
        return hours_words(self.minutes)


@dataclass(frozen=True, slots=True)
class WhoIsOut:
    """A school's picture of a period."""

    days: Sequence[Day] = ()
    sums: Sequence[Sum] = field(default=())

    @property
    def total(self) -> str:
        return hours_words(sum(each.minutes for each in self.sums))

    @property
    def unsaid(self) -> list[Out]:
        return [each for day in self.days for each in day.out if each.unsaid]


def who_is_out(viewer: Viewer, organisation_id: uuid.UUID, *, first: date, last: date) -> WhoIsOut:
    """Everybody of the school who is booked in the period, by day; in a fixed number of queries."""
    if not viewer.may(Permission.BOOK_STAFF, organisation_id):
        return WhoIsOut()
    bookings = booked_from(viewer, organisation_id, first=first, last=last)
    sessions = {each.session_id: each.session for each in bookings}
    queues = queues_of(sessions.values(), Booking.objects.in_offer_of(viewer), today=timezone.localdate())
    releases = releases_of(viewer, [each.pk for each in bookings])
    minutes = minutes_of(bookings, organisation_id)
    rule = rule_of(viewer, organisation_id)
    days: dict[date, list[Out]] = {}
    for each in bookings:
        standing, release = queues[each.session_id].standing(each.pk), releases.get(each.pk)
        days.setdefault(timezone.localdate(each.session.starts_at), []).append(
            Out(
                booking=each,
                place=place_words(standing, each.session),
                placed=standing.placed,
                minutes=minutes[each.pk],
                given=(release.given if release else "") or (rule.given if rule else ""),
                release=release,
            )
        )
    return WhoIsOut([Day(on, out) for on, out in sorted(days.items())], sums_of(days.values()))


def booked_from(viewer: Viewer, organisation_id: uuid.UUID, *, first: date, last: date) -> list[Booking]:
    """The school's live bookings for what takes place between two days."""
    start = timezone.make_aware(datetime.combine(first, time.min))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    rows = Booking.objects.visible_to(viewer).live().filter(organisation=organisation_id)
    rows = rows.filter(session__starts_at__gte=start, session__starts_at__lt=end)
    rows = rows.exclude(session__state=SessionState.CALLED_OFF)
    rows = rows.select_related("person", "session__programme", "session__venue")
    return list(rows.order_by("session__starts_at", "person__name_key", "pk"))


def sums_of(days: Iterable[Sequence[Out]]) -> list[Sum]:
    """By person, of those with a place, the most first."""
    found: dict[uuid.UUID, Sum] = {}
    for each in (out for day in days for out in day if out.placed and out.minutes):
        before = found.get(each.booking.person_id)
        found[each.booking.person_id] = Sum(
            each.booking.person.name,
            (before.minutes if before else 0) + (each.minutes or 0),
            (before.unsaid if before else 0) + int(each.unsaid),
        )
    return sorted(found.values(), key=lambda each: (-each.minutes, each.name))


@dataclass(frozen=True, slots=True)
class Absent:
    """How many of one school have a place in a session."""

    session: Session
    organisation_id: uuid.UUID
    number: int


FORTNIGHT = timedelta(days=14)


def out_soon(viewer: Viewer, *, today: date) -> list[Absent]:
    """For each session of the next fortnight, how many of the schools one books for have a place; in two queries."""
    first = timezone.make_aware(datetime.combine(today, time.min))
    rows = (
        Booking.objects.visible_to(viewer).live().filter(organisation__in=viewer.reach(Permission.BOOK_STAFF))
    )
    rows = rows.filter(session__starts_at__gte=first, session__starts_at__lt=first + FORTNIGHT)
    rows = rows.exclude(session__state=SessionState.CALLED_OFF)
    found: dict[tuple[uuid.UUID, uuid.UUID], list[Booking]] = {}
    for each in rows.select_related("session__programme", "session__venue").order_by(
        "session__starts_at", "pk"
    ):
        found.setdefault((each.session_id, each.organisation_id), []).append(each)
    sessions = {of[0].session for of in found.values()}
    queues = queues_of(sessions, Booking.objects.in_offer_of(viewer), today=today)
    numbers = {
        (session_id, school): sum(queues[session_id].standing(each.pk).placed for each in of)
        for (session_id, school), of in found.items()
    }
    return [Absent(of[0].session, key[1], numbers[key]) for key, of in found.items() if numbers[key]]

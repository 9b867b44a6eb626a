"""What is offered, and where the viewer stands in each of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import hypot

from django.contrib.humanize.templatetags.humanize import ordinal
from django.db.models import QuerySet
from django.utils import timezone

from cpd.enums import SessionState, Waits
from cpd.models import Booking, Session
from cpd.queries.queue import Queue, Seen, Turn, last_got_in, queues_of, seen_in
from cpd.rules import Standing, may_cancel
from partnership.access.permissions import Permission
from partnership.access.viewer import PostFact, Viewer
from partnership.accounts.models import User
from partnership.lib.dates import HalfTermSpan, day_words
from schools.models import Organisation, Post
from schools.queries.calendars import calendar_of

METRES_A_MILE = 1609.344
Place = tuple[int | None, int | None]
"""Easting and northing, in metres."""


@dataclass(frozen=True, slots=True)
class Line:
    """One session as a viewer sees it: how full it is, and their own turn in it."""

    session: Session
    seen: Seen
    now: datetime

    @property
    def mine(self) -> Turn | None:
        return self.seen.turn

    @property
    def standing(self) -> Standing | None:
        return self.seen.standing

    @property
    def taken(self) -> int:
        return self.seen.taken

    @property
    def waiting(self) -> int:
        return self.seen.waiting

    @property
    def left(self) -> int:
        return max(self.session.capacity - self.taken, 0)

    @property
    def has_room(self) -> bool:
        """Whether one more of the viewer's school would have a place at once."""
        return self.seen.next.placed

    @property
    def called_off(self) -> bool:
        return self.session.state == SessionState.CALLED_OFF

    @property
    def over(self) -> bool:
        return self.session.ends_at <= self.now

    @property
    def goes_ahead(self) -> bool:
        """Whether it is certain: it needs no minimum, has it, or was decided."""
        needed = self.session.minimum
        return not needed or self.taken >= needed or self.session.goes_ahead_at is not None

    @property
    def begun(self) -> bool:
        return self.session.starts_at <= self.now

    @property
    def may_book(self) -> bool:
        """Whether booking is open at this moment."""
        session = self.session
        return session.state == SessionState.OFFERED and session.opens_at <= self.now < session.closes_at

    @property
    def status(self) -> tuple[str, str]:
        """Colour and words of where one stands, or of how full it is."""
        today = timezone.localdate(self.now)
        if self.called_off:
            return "red", "Called off"
        if self.session.state == SessionState.DRAFT:
            return "grey", str(SessionState.DRAFT.label)
        if self.over:
            return "grey", "You had a place" if self.standing and self.standing.placed else "Over"
        if self.standing:
            return ("green" if self.standing.placed else "amber"), place_words(self.standing, self.session)
        if self.now < self.session.opens_at:
            return (
                "grey",
                f"Booking opens {day_words(timezone.localdate(self.session.opens_at), today=today)}",
            )
        if self.now >= self.session.closes_at:
            return "grey", "Booking is closed"
        if self.has_room:
            return "blue", f"{self.left} {'place' if self.left == 1 else 'places'} left"
        if not self.left:
            return "amber", f"Full, {self.waiting} in the queue" if self.waiting else "Full"
        shared = self.seen.next.waits == Waits.SHARE
        return "amber", "Your school has its share" if shared else "A group waits first"


@dataclass(frozen=True, slots=True)
class Whole(Line):
    """The same with everybody who is booked."""

    queue: Queue

    def goes_on(self, booking_id: uuid.UUID) -> bool:
        """Whether, if this one is cancelled, somebody who waits has a place by it."""
        return self.queue.gains(self.queue.without(booking_id)) > 0


def place_words(standing: Standing, session: Session) -> str:
    """ "Place 12 of 20", or "4th in the queue"."""
    if standing.placed:
        return f"Place {standing.rank} of {session.capacity}"
    return f"{ordinal(standing.rank)} in the queue"


def own_words(standing: Standing, session: Session) -> str:
    """ "You have place 12 of 20.", or "You are 4th in the queue."."""
    words = place_words(standing, session)
    return f"You have p{words[1:]}." if standing.placed else f"You are {words}."


def sessions_seen(viewer: Viewer) -> QuerySet[Session]:
    """What the viewer may see of the offer, by day."""
    return Session.objects.visible_to(viewer).select_related("programme", "venue", "facilitator").by_day()


LISTED = (
    "title", "starts_at", "ends_at", "room", "capacity", "minimum", "opens_at", "closes_at", "share_cap", "share_until",
    "state", "goes_ahead_at", "partnership", "venue__name", "programme__title", "programme__audience",
)  # fmt: skip


def sessions_listed(viewer: Viewer) -> QuerySet[Session]:
    """The same with what a list says of each, and no more."""
    rows = Session.objects.visible_to(viewer).select_related("programme", "venue")
    return rows.only(*LISTED).by_day()


def lines_of(viewer: Viewer, sessions: Iterable[Session], *, now: datetime) -> list[Line]:
    """Each session, in one query more, or two where shares or parties decide."""
    sessions = list(sessions)
    today = timezone.localdate(now)
    rows, schools = Booking.objects.in_offer_of(viewer), school_ids(viewer)
    seen = seen_in(sessions, rows, viewer.user_id, schools, today=today)
    return [Line(each, seen[each.pk], now) for each in sessions]


def whole(viewer: Viewer, session: Session, *, now: datetime) -> Whole:
    """One session with its queue, in one query more."""
    queues = queues_of([session], Booking.objects.in_offer_of(viewer), today=timezone.localdate(now))
    queue = queues[session.pk]
    return Whole(session, queue.seen_by(viewer.user_id, school_ids(viewer)), now, queue)


def find_session(viewer: Viewer, session_id: uuid.UUID) -> Session | None:
    return sessions_seen(viewer).filter(pk=session_id).first()


def session_to_book(viewer: Viewer, session_id: uuid.UUID) -> Session | None:
    """The bare session: booking asks for nothing beside it."""
    return Session.objects.visible_to(viewer).filter(pk=session_id).first()


def booked_by(viewer: Viewer) -> set[uuid.UUID]:
    """The sessions for which the viewer has a turn."""
    live = Booking.objects.visible_to(viewer).live().filter(person=viewer.user_id)
    return set(live.values_list("session_id", flat=True))


def my_lines(viewer: Viewer, *, now: datetime) -> list[Line]:
    """The sessions to come for which the viewer has a turn."""
    booked = booked_by(viewer)
    return (
        lines_of(viewer, sessions_listed(viewer).filter(ends_at__gt=now, pk__in=booked), now=now)
        if booked
        else []
    )


def find_booking(viewer: Viewer, booking_id: uuid.UUID) -> Booking | None:
    """A live booking that this viewer may see by name."""
    rows = (
        Booking.objects.visible_to(viewer)
        .live()
        .select_related("session__programme", "person", "organisation")
    )
    return rows.filter(pk=booking_id).first()


def find_cancelled(viewer: Viewer, booking_id: uuid.UUID) -> Booking | None:
    """One that was cancelled, for whoever might have cancelled it."""
    rows = Booking.objects.visible_to(viewer).filter(pk=booking_id, cancelled_at__isnull=False)
    found = rows.select_related("person").first()
    return found if found is not None and may_cancel(viewer, found) else None


@dataclass(frozen=True, slots=True)
class FromSchool:
    """Who comes from one school: how many, and by name where the viewer comes too."""

    school: str
    number: int
    names: tuple[str, ...] = ()


def who_comes(viewer: Viewer, line: Whole) -> list[FromSchool]:
    """Those with a place, by school. Names are for those who will be in the room, lead it, or keep it."""
    placed = Booking.objects.in_offer_of(viewer).filter(pk__in=[turn.id for turn in line.queue.placed()])
    rows = placed.order_by("organisation__name_key", "person__name_key", "pk")
    read = ("organisation__name", "person__name") if sees_names(viewer, line) else ("organisation__name",)
    by_school: dict[str, list[tuple[str, ...]]] = {}
    for school, *name in rows.values_list(*read):
        by_school.setdefault(school, []).append(tuple(name))
    return [FromSchool(school, len(names), sum(names, ())) for school, names in by_school.items()]


def last_time(viewer: Viewer, line: Line) -> str:
    """For who queues: "the 6th" of the queue that got in at the last session of this programme; '' where nobody did."""
    if line.standing is None or line.standing.placed:
        return ""
    rank = last_got_in(line.session, Booking.objects.in_offer_of(viewer), at=line.now)
    return str(ordinal(rank)) if rank else ""


def sees_names(viewer: Viewer, line: Line) -> bool:
    return (
        bool(line.standing and line.standing.placed)
        or line.session.facilitator_id == viewer.user_id
        or viewer.may(Permission.COORDINATE, line.session.partnership_id)
    )


def miles_between(one: Place, other: Place) -> float | None:
    """As the crow flies; None where one of them is not on the map."""
    if None in (*one, *other):
        return None
    return round(hypot(one[0] - other[0], one[1] - other[1]) / METRES_A_MILE, 1)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Block:
    """A half-term with the sessions in it."""

    name: str
    span: HalfTermSpan | None
    lines: Sequence[Line]


def half_terms_of(viewer: Viewer) -> tuple[HalfTermSpan, ...]:
    """The half-terms of the viewer's own place, or of their partnership's schools; none where nobody entered any."""
    calendar = calendar_of(viewer)
    return tuple(calendar.half_terms) if calendar else ()


def by_half_term(lines: Sequence[Line], spans: Sequence[HalfTermSpan]) -> list[Block]:
    """In order of time; a session in a holiday stands with the half-term before it."""
    blocks: dict[str, list[Line]] = {}
    known: dict[str, HalfTermSpan | None] = {}
    for line in lines:
        day = timezone.localdate(line.session.starts_at)
        span = next((each for each in reversed(spans) if each.starts_on <= day), None)
        name = f"{span.name}, {span.starts_on:%B} to {span.ends_on:%B %Y}" if span else "Later"
        blocks.setdefault(name, []).append(line)
        known[name] = span
    return [Block(name, known[name], found) for name, found in blocks.items()]


def colleagues_at(viewer: Viewer, organisation_id: uuid.UUID, *, on: date) -> list[User]:
    """The people of one of the viewer's own schools: whoever works there knows who else does."""
    if not viewer.may(Permission.BOOK_CPD, organisation_id) and not viewer.may(
        Permission.BOOK_STAFF, organisation_id
    ):
        return []
    posts = Post.objects.current(on=on).filter(organisation=organisation_id, user__is_active=True)
    return list(User.objects.filter(pk__in=posts.values("user_id")).order_by("name_key", "pk"))


def free_colleagues(viewer: Viewer, booking: Booking, *, on: date) -> list[User]:
    """Those of the same school who could come instead: booked neither here nor elsewhere at that time."""
    session = booking.session
    then = (
        Booking.objects.in_offer_of(viewer)
        .live()
        .filter(
            session__starts_at__lt=session.ends_at,
            session__ends_at__gt=session.starts_at,
            session__state=SessionState.OFFERED,
        )
    )
    busy = set(then.values_list("person_id", flat=True))
    return [each for each in colleagues_at(viewer, booking.organisation_id, on=on) if each.pk not in busy]


def own_schools(viewer: Viewer) -> list[PostFact]:
    """The organisations for which the viewer can come, each once."""
    found = {
        post.organisation_id: post
        for post in viewer.posts
        if viewer.may(Permission.BOOK_CPD, post.organisation_id)
    }
    return list(found.values())


def school_ids(viewer: Viewer) -> list[uuid.UUID]:
    return [each.organisation_id for each in own_schools(viewer)]


def schools_to_book_for(viewer: Viewer) -> list[Organisation]:
    return list(Organisation.objects.filter(pk__in=viewer.reach(Permission.BOOK_STAFF)).by_name())


def bookings_of_staff(viewer: Viewer, session: Session, *, oneself: bool = False) -> list[Booking]:
    """Those of the viewer's own staff who are booked for a session, by name."""
    rows = (
        Booking.objects.visible_to(viewer)
        .live()
        .filter(session=session, organisation__in=viewer.reach(Permission.BOOK_STAFF))
    )
    if not oneself:
        rows = rows.exclude(person=viewer.user_id)
    return list(rows.select_related("person", "organisation").order_by("person__name_key", "pk"))

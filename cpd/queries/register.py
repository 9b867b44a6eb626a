"""Registers as their takers see them: who was expected, who came, and the sessions somebody leads."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from cpd.enums import Came, SessionState, Stood
from cpd.models import Attendance, Booking, Session
from cpd.queries.queue import Queue, queues_of
from cpd.rules import may_take_register
from cpd.rules.register import in_the_room, opens, was_there
from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from partnership.lib.dates import day_words
from partnership.lib.names import fold
from schools.models import Organisation, Post
from schools.queries.duties import duties_for

READY = "cpd_register_ready"
"""How long before a session its register can be made ready on a phone."""
LETTERS = 2
"""So many letters of a name before anybody is offered."""
OFFERED_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on a register: expected, waiting, or in the room all the same."""

    key: uuid.UUID
    person_id: uuid.UUID | None
    name: str
    organisation_id: uuid.UUID
    school: str
    stood: str
    came: str = ""
    at: datetime | None = None

    @property
    def came_words(self) -> str:
        return str(Came(self.came).label) if self.came else ""

    @property
    def was_there(self) -> bool:
        return was_there(self.came)


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a register is: of those with a place how many are marked and how many came, and who came besides."""

    places: int = 0
    marked: int = 0
    came: int = 0
    besides: int = 0

    @property
    def begun(self) -> bool:
        return bool(self.marked or self.besides)

    @property
    def taken(self) -> bool:
        return self.begun and self.marked == self.places

    @property
    def status(self) -> tuple[str, str]:
        """Colour and words: "Register taken: 14 of 16, and 1 more"."""
        if not self.begun:
            return "grey", "Not taken yet"
        if not self.taken:
            return "amber", f"Under way: {self.marked} of {self.places} marked"
        more = f", and {self.besides} more" if self.besides else ""
        return "green", f"Register taken: {self.came} of {self.places}{more}"


@dataclass(frozen=True, slots=True)
class Register:
    """All lines of one session."""

    session: Session
    lines: Sequence[Line]
    now: datetime
    early: bool = False
    """Its day is near: a phone may keep who is expected, and nobody can be marked yet."""

    @property
    def day(self) -> date:
        return timezone.localdate(self.session.starts_at)

    @property
    def closed(self) -> str:
        """Why nobody can be marked at this moment; '' where one can."""
        if self.off:
            return "This session is called off: there is no register."
        if self.session.state != SessionState.OFFERED:
            return "This session is not offered yet. Nobody can book it, and there is nobody to mark."
        today = timezone.localdate(self.now)
        if not opens(day=self.day, today=today):
            return f"The register opens on the day, {day_words(self.day, today=today)}."
        return ""

    @property
    def off(self) -> bool:
        return self.session.state == SessionState.CALLED_OFF

    @property
    def opens_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.day, time.min))

    @property
    def live(self) -> bool:
        """Whether its page speaks with what a phone keeps: to mark, to be made ready, or to hear that it is called off."""
        return not self.closed or self.early or self.off

    @property
    def groups(self) -> list[tuple[str, str, list[Line]]]:
        """(code, words, lines) of each kind, empty ones too."""
        return [
            (stood.value, str(stood.label), [line for line in self.lines if line.stood == stood])
            for stood in Stood
        ]

    def line(self, key: uuid.UUID) -> Line | None:
        return next((line for line in self.lines if line.key == key), None)

    @property
    def unmarked(self) -> list[Line]:
        """Those with a place of whom nothing is said yet."""
        return [line for line in self.lines if line.stood == Stood.PLACED and not line.came]

    @property
    def over(self) -> int:
        """How many more there are than places."""
        return max(in_the_room(self.lines) - self.session.capacity, 0)


def led_by(viewer: Viewer, *, since: datetime | None = None) -> list[Session]:
    """What the viewer leads, drafts too, by day; those that ended before `since` are left out."""
    rows = Session.objects.led_by(viewer).select_related("programme", "venue", "facilitator")
    return list((rows.filter(ends_at__gte=since) if since else rows).by_day())


def leads_anything(viewer: Viewer) -> bool:
    return Session.objects.led_by(viewer).exists()


def find_to_take(viewer: Viewer, session_id: uuid.UUID) -> Session | None:
    """The session, if its register is the viewer's to take."""
    rows = Session.objects.visible_to(viewer).select_related("programme", "venue", "facilitator")
    found = rows.filter(pk=session_id).first()
    return found if found is not None and is_taker(viewer, found) else None


def is_taker(viewer: Viewer, session: Session) -> bool:
    return may_take_register(
        viewer, facilitator_id=session.facilitator_id, partnership_id=session.partnership_id
    )


def tallies(viewer: Viewer, sessions: Sequence[Session], *, now: datetime) -> dict[uuid.UUID, Tally]:
    """How far each register is, in two queries however many they are."""
    rows = Booking.objects.visible_to(viewer)
    queues = queues_of(sessions, rows, today=timezone.localdate(now))
    marks: dict[uuid.UUID, dict[uuid.UUID, str]] = defaultdict(dict)
    found = Attendance.objects.visible_to(viewer).filter(session__in=[each.pk for each in sessions])
    for pk, session_id, person_id, came in found.values_list("pk", "session_id", "person_id", "came"):
        marks[session_id][person_id or pk] = came
    return {each.pk: tally_of(queues[each.pk], marks[each.pk]) for each in sessions}


def tally_of(queue: Queue, marks: Mapping[uuid.UUID, str]) -> Tally:
    places = {turn.person_id for turn in queue.placed()}
    return Tally(
        places=len(places),
        marked=len(places & marks.keys()),
        came=sum(was_there(marks.get(person, "")) for person in places),
        besides=sum(was_there(came) for key, came in marks.items() if key not in places),
    )


def register_of(viewer: Viewer, session: Session, *, now: datetime) -> Register:
    """Everybody with a place, in the queue, cancelled or walked in, by name; in as many queries for few as for many."""
    mine = Booking.objects.visible_to(viewer)
    queue = queues_of([session], mine, today=timezone.localdate(now))[session.pk]
    placed = {turn.person_id for turn in queue.placed()}
    marks = {
        each.person_id or each.pk: each
        for each in Attendance.objects.visible_to(viewer).filter(session=session)
    }
    booked: dict[uuid.UUID, tuple[uuid.UUID, str]] = {}
    for person_id, school_id, cancelled_at in (
        mine.filter(session=session)
        .order_by("number")
        .values_list("person_id", "organisation_id", "cancelled_at")
    ):
        if cancelled_at is None:
            booked[person_id] = (school_id, Stood.PLACED if person_id in placed else Stood.WAITING)
        else:
            booked.setdefault(person_id, (school_id, Stood.CANCELLED))
    for key, each in marks.items():
        if key not in booked or booked[key][1] == Stood.CANCELLED:
            booked[key] = (each.organisation_id, Stood.WALKED_IN)
    people = dict(User.objects.filter(pk__in=booked).values_list("pk", "name"))
    schools = names_of({school_id for school_id, _ in booked.values()})
    lines = []
    for key, (school_id, stood) in booked.items():
        said = marks.get(key)
        lines.append(
            Line(
                key=key,
                person_id=key if said is None or said.person_id else None,
                name=people.get(key, "") or (said.name if said else ""),
                organisation_id=school_id,
                school=schools.get(school_id, ""),
                stood=str(stood),
                came=said.came if said else "",
                at=said.at if said else None,
            )
        )
    ordered = sorted(lines, key=lambda line: (fold(line.name), str(line.key)))
    return Register(session, ordered, now, is_early(session, now=now))


def is_early(session: Session, *, now: datetime) -> bool:
    """Before its day, and as near to it as the partnership allows a phone to be made ready."""
    today, day = timezone.localdate(now), timezone.localdate(session.starts_at)
    if session.state != SessionState.OFFERED or opens(day=day, today=today):
        return False
    span = duties_for([session.partnership_id], on=today).of(READY, session.partnership_id).span
    return day - today <= span


def names_of(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Organisation.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def schools_of(session: Session, *, on: date) -> list[tuple[uuid.UUID, str]]:
    """The schools that belong to the session's partnership on a day, by name: from one of them somebody walks in."""
    members = Organisation.objects.members_of([session.partnership_id], on=on).schools().open()
    return list(members.by_name().values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the partnership's staff who may have walked in."""

    person_id: uuid.UUID
    name: str
    organisation_id: uuid.UUID
    school: str


def staff_named(session: Session, text: str, *, on: date) -> list[Colleague]:
    """A few of the staff of the partnership's schools with a name that begins so; nobody for less than two letters."""
    key = fold(text)
    if len(key) < LETTERS:
        return []
    named = Q(user__name_key__startswith=key) | Q(user__name_key__contains=f" {key}")
    return colleagues(session, named, on=on)[:OFFERED_AT_MOST]


def staff_called(session: Session, name: str, *, school_id: uuid.UUID, on: date) -> list[Colleague]:
    """Who at one school has exactly this name."""
    return colleagues(session, Q(user__name_key=fold(name)[:200], organisation=school_id), on=on)


def staff_among(session: Session, people: Iterable[uuid.UUID], *, on: date) -> list[Colleague]:
    """Those of these people who work at the partnership's schools."""
    return colleagues(session, Q(user__in=set(people)), on=on)


def colleagues(session: Session, which: Q, *, on: date) -> list[Colleague]:
    """Each person once for each school, by name."""
    schools = Organisation.objects.members_of([session.partnership_id], on=on).schools()
    posts = Post.objects.current(on=on).filter(which, organisation__in=schools, user__is_active=True)
    rows = posts.by_person().values_list("user_id", "user__name", "organisation_id", "organisation__name")
    return [Colleague(*row) for row in dict.fromkeys(rows)]


def was_at(viewer: Viewer, session: Session) -> Attendance | None:
    """What the register says of the viewer."""
    return Attendance.objects.visible_to(viewer).filter(session=session, person=viewer.user_id).first()


RECENT = timedelta(days=60)
"""For so long a register that nobody took is asked for."""


def led_lately(viewer: Viewer, *, now: datetime) -> list[Session]:
    """What the viewer leads, from a half-term ago on, and is or was offered."""
    return [each for each in led_by(viewer, since=now - RECENT) if each.state == SessionState.OFFERED]

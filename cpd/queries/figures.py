"""Places, people and hours of a school year: for the leaders of a school and for coordinators."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from cpd.enums import SessionState
from cpd.models import Attendance, Booking, Session
from cpd.queries.queue import queues_of
from cpd.rules.figures import Line, Tally, lines_of
from cpd.rules.hours import hours_of, hours_words
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import HalfTermSpan, academic_year_of
from schools.enums import OrganisationKind, Role
from schools.models import Organisation, Post
from schools.queries.calendars import calendar_for
from schools.rules import roles_with

GONE, NO_ACCOUNT, ALL_YEAR = "No post there any more", "Without an account", "All year"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: one's own school with names, or the partnerships one coordinates without."""

    id: str
    title: str
    schools: Mapping[uuid.UUID, str]
    named: bool


def scopes_of(viewer: Viewer) -> list[Scope]:
    """What this viewer may read figures of; names only of one's own school."""
    own = Organisation.objects.filter(pk__in=viewer.reach(Permission.BOOK_STAFF)).by_name()
    found = [Scope(str(each.pk), each.name, {each.pk: each.name}, named=True) for each in own]
    if viewer.has(Permission.COORDINATE):
        members = Organisation.objects.filter(
            pk__in=viewer.reach(Permission.COORDINATE), kind=OrganisationKind.SCHOOL
        )
        schools = {each.pk: each.name for each in members.by_name()}
        found.insert(0, Scope("partnership", "All schools of your partnership", schools, named=False))
    return found


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of one's own staff, and what they came to."""

    name: str
    sessions: int
    hours: float

    @property
    def hours_words(self) -> str:
        return hours_words(self.hours) if self.sessions else "none"


@dataclass(frozen=True, slots=True)
class School:
    """A school in a partnership's figures: counts alone."""

    name: str
    staff: int
    never: int
    hours: float

    @property
    def each(self) -> str:
        """Hours for each member of staff."""
        return hours_words(self.hours / self.staff) if self.staff else "no staff"


@dataclass(frozen=True, slots=True)
class Figures:
    """A school year in numbers."""

    total: Tally
    half_terms: Sequence[Line]
    schools: Sequence[Line]
    roles: Sequence[Line]
    people: Sequence[Person]
    never: Sequence[str]
    by_school: Sequence[School]
    joint: bool
    """Whether workshops of a joint day are among them, each of which counts for itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """One person in one session: with a place, waiting, or there without either."""

    session: Session
    person_id: uuid.UUID | None
    school_id: uuid.UUID


def sessions_of(viewer: Viewer, scope: Scope, *, year: int) -> list[Session]:
    """What was and is offered in a school year."""
    first, end = (
        timezone.make_aware(datetime.combine(date(each, 9, 1), time.min)) for each in (year, year + 1)
    )
    rows = Session.objects.visible_to(viewer) if scope.named else Session.objects.kept_by(viewer)
    rows = rows.filter(state=SessionState.OFFERED, starts_at__gte=first, starts_at__lt=end)
    return list(rows.by_day())


def split(viewer: Viewer, sessions: Collection[Session], *, today: date) -> tuple[list[Place], list[Place]]:
    """Who has a place and who waits. Only where there are more people than places, or shares are still held, is the
    queue worked out; everywhere else whoever is booked is in."""
    rows = Booking.objects.in_offer_of(viewer).filter(session__in=[each.pk for each in sessions])
    live = list(rows.live().values_list("pk", "session_id", "person_id", "organisation_id"))
    number = Counter(session_id for _, session_id, _, _ in live)
    tight = [
        each
        for each in sessions
        if number[each.pk] > each.capacity or (each.share_until is not None and each.share_until > today)
    ]
    queues = queues_of(tight, rows, today=today)
    known = {each.pk: each for each in sessions}
    placed: list[Place] = []
    waiting: list[Place] = []
    for pk, session_id, person_id, school_id in live:
        queue = queues.get(session_id)
        side = placed if queue is None or queue.standing(pk).placed else waiting
        side.append(Place(known[session_id], person_id, school_id))
    return placed, waiting


def figures_of(viewer: Viewer, scope: Scope, *, year: int, now: datetime) -> Figures:
    """Counted for one's own school alone, or for all schools of a partnership."""
    today = timezone.localdate(now)
    sessions = sessions_of(viewer, scope, year=year)
    known = {each.pk: each for each in sessions}
    placed, waiting = split(viewer, sessions, today=today)
    register = Attendance.objects.visible_to(viewer).filter(session__in=known)
    marked = set(register.values_list("session_id", flat=True))
    there = [
        Place(known[session_id], person_id, school_id)
        for session_id, person_id, school_id in register.in_the_room().values_list(
            "session_id", "person_id", "organisation_id"
        )
    ]
    if scope.named:
        placed, waiting, there = (
            [each for each in found if each.school_id in scope.schools] for found in (placed, waiting, there)
        )
    came = {(each.session.pk, each.person_id) for each in there}
    missed = [
        each
        for each in placed
        if each.session.ends_at <= now
        and each.session.pk in marked
        and (each.session.pk, each.person_id) not in came
    ]
    everyone = {"taken": placed, "waiting": waiting, "attended": there, "no_shows": missed}
    roles = roles_of([*placed, *waiting, *there])
    spans = spans_of(scope, year=year)

    def under(key: Callable[[Place], str]) -> dict[str, Tally]:
        tallies: dict[str, Tally] = defaultdict(Tally)
        for name, places in everyone.items():
            for each in places:
                tally = tallies[key(each)]
                setattr(tally, name, getattr(tally, name) + 1)
                if name == "attended":
                    tally.hours += hours_of(each.session.starts_at, each.session.ends_at)
        return tallies

    by_term = under(lambda each: term_of(each.session, spans))
    for session in sessions:
        by_term[term_of(session, spans)].places += session.capacity
    by_school = under(lambda each: scope.schools.get(each.school_id, "Another school"))
    by_role = under(lambda each: roles.get((each.person_id, each.school_id), GONE))
    total = Tally(
        places=sum(each.capacity for each in sessions),
        **{name: len(places) for name, places in everyone.items()},
        hours=sum(tally.hours for tally in by_school.values()),
    )
    order = [*(span.name for span in spans), ALL_YEAR]
    people, never, schools = staff_of(viewer, scope, there, today=today)
    return Figures(
        total=total,
        half_terms=lines_of({name: by_term[name] for name in order if name in by_term}),
        schools=[] if scope.named else lines_of(dict(sorted(by_school.items()))),
        roles=lines_of(dict(sorted(by_role.items()))),
        people=people,
        never=never,
        by_school=schools,
        joint=any(each.day_id for each in sessions),
    )


def spans_of(scope: Scope, *, year: int) -> list[HalfTermSpan]:
    """The half-terms of that school year, as the first school of the scope has them."""
    here = next(iter(scope.schools), None)
    if here is None:
        return []
    return [each for each in calendar_for(here).half_terms if academic_year_of(each.starts_on) == year]


def term_of(session: Session, spans: Sequence[HalfTermSpan]) -> str:
    """As the list and the year have it: what lies in a holiday stands with the half-term before."""
    day = timezone.localdate(session.starts_at)
    begun = [span for span in spans if span.starts_on <= day]
    return (begun[-1:] or spans[:1] or [HalfTermSpan(day, day, ALL_YEAR)])[0].name


def roles_of(places: Collection[Place]) -> dict[tuple[uuid.UUID | None, uuid.UUID], str]:
    """The role of each at the school they came for: the latest, where there were several."""
    people = {each.person_id for each in places if each.person_id}
    posts = Post.objects.filter(user__in=people, organisation__in={each.school_id for each in places})
    found: dict[tuple[uuid.UUID | None, uuid.UUID], str] = {
        (None, each.school_id): NO_ACCOUNT for each in places if each.person_id is None
    }
    for user_id, school_id, role in posts.order_by("starts_on", "pk").values_list(
        "user_id", "organisation_id", "role"
    ):
        found[user_id, school_id] = str(Role(role).label)
    return found


def staff_of(
    viewer: Viewer, scope: Scope, there: Sequence[Place], *, today: date
) -> tuple[list[Person], list[str], list[School]]:
    """Everybody in post today who could come. Of one's own school by name, of a partnership's schools in counts."""
    posts = Post.objects.current(on=today).filter(
        organisation__in=scope.schools, role__in=roles_with(Permission.BOOK_CPD), user__is_active=True
    )
    names: dict[uuid.UUID, str] = {}
    at: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for user_id, name, school_id in posts.by_person().values_list("user_id", "user__name", "organisation_id"):
        names[user_id] = name
        at[school_id].add(user_id)
    ever = Attendance.objects.visible_to(viewer).in_the_room().filter(person__in=names)
    came = set(ever.values_list("person_id", flat=True).distinct())
    hours: dict[uuid.UUID, list[float]] = defaultdict(list)
    for each in there:
        if each.person_id is not None:
            hours[each.person_id].append(hours_of(each.session.starts_at, each.session.ends_at))
    if scope.named:
        people = [
            Person(name, len(hours[user_id]), sum(hours[user_id]))
            for user_id, name in names.items()
            if user_id in hours
        ]
        people.sort(key=lambda person: -person.hours)
        return people, [name for user_id, name in names.items() if user_id not in came], []
    total: dict[uuid.UUID, float] = defaultdict(float)
    for each in there:
        total[each.school_id] += hours_of(each.session.starts_at, each.session.ends_at)
    schools = [
        School(name, len(at[school_id]), len(at[school_id] - came), total[school_id])
        for school_id, name in scope.schools.items()
    ]
    return [], [], schools

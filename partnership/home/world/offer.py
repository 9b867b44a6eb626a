"""The shared CPD of the demo: what was, what is this week, what can be booked for the half-term ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cpd.actions import booking
from cpd.enums import Mechanism, SessionState
from cpd.models import Programme, Session
from partnership.access import rls
from partnership.accounts.models import User
from partnership.home.world import places
from partnership.home.world.places import CLUSTER, LA_CODE, Place
from partnership.home.world.story import holder
from partnership.lib.dates import SchoolCalendar
from schools.enums import OrganisationKind, Role
from schools.models import Organisation, Post
from schools.queries.calendars import calendar_for


@dataclass(frozen=True, slots=True)
class Course:
    """One programme of the demo."""

    title: str
    audience: str
    aims: str
    helps: str
    mechanisms: tuple[Mechanism, ...]
    led_by: str = "Dr Miriam Kane, educational psychologist"
    bring: str = ""


SCAFFOLD = Course(
    "Scaffolding, not rescuing",
    "Teaching assistants of all phases",
    "Wait, ask, hint, show: give the least help first, and know when to step back.",
    "Pupils try for longer by themselves and know what to do when they are stuck.",
    (Mechanism.MODEL, Mechanism.REHEARSE, Mechanism.PROMPTS),
    bring="A task from this week with which a pupil needed help.",
)
CALM = Course(
    "Calm after break",
    "Teaching and lunchtime assistants",
    "Read the signs early, use few words, and bring a child back to learning within ten minutes.",
    "Less lost time after break, and fewer children sent out.",
    (Mechanism.MODEL, Mechanism.REHEARSE, Mechanism.FEEDBACK),
    led_by="Dr Miriam Kane and Jo Obi",
)
TALK = Course(
    "Talking in threes: language for learning",
    "Teaching assistants of Years 5 to 8",
    "Begin, extend and repair a conversation so that a child says more than you do.",
    "Children with language needs take part in group work in Year 6 and again in Year 7.",
    (Mechanism.MANAGE_LOAD, Mechanism.MODEL, Mechanism.ACTION_PLAN),
    bring="The name of one group you work with, nothing about a child.",
)
ONLINE = Course(
    "Reading aloud with older pupils",
    "Everyone who reads with pupils",
    "Choose a text, read it well, and ask the two questions that make it stay.",
    "Older weak readers hear good prose and talk about it each day.",
    (Mechanism.CREDIBLE, Mechanism.MODEL),
    led_by="Ellen Cope, St Wystan’s",
)


def lay_offer(*, now: datetime) -> None:
    """Three half-terms of sessions, with those who booked them; one is full, and a queue waits."""
    authority = Organisation.objects.get(kind=OrganisationKind.LOCAL_AUTHORITY, la_code=LA_CODE)
    calendar = calendar_for(authority.pk)
    cluster = Organisation.objects.get(kind=OrganisationKind.PARTNERSHIP, name=CLUSTER)
    programmes = {
        course.title: Programme.objects.create(
            partnership=cluster, title=course.title, audience=course.audience, aims=course.aims,
            helps_pupils=course.helps, mechanisms=[str(each) for each in course.mechanisms],
        )
        for course in (SCAFFOLD, CALM, TALK, ONLINE)
    }  # fmt: skip
    today = timezone.localdate(now)
    layer = Layer(programmes, calendar, now)
    past = layer.lay(SCAFFOLD, layer.school_day(today, -30), places.NORTHFIELD, "Library", capacity=16)
    layer.fill(past, assistants()[:14])
    this_week = layer.lay(CALM, layer.school_day(today, 2), places.MILLBROOK, "Hall", capacity=6)
    layer.fill(this_week, assistants("Shabana Mirza")[:9])
    layer.lay(ONLINE, layer.school_day(today, 6), None, "", capacity=40)
    off = layer.lay(SCAFFOLD, layer.school_day(today, 9), places.ASHGROVE, "Staff room", capacity=12)
    layer.fill(off, assistants()[3:8])
    following = calendar.next_half_term(today)
    day = following.starts_on + timedelta(days=(3 - following.starts_on.weekday()) % 7 + 7)
    ahead = layer.lay(TALK, day, places.NORTHFIELD, "Library", capacity=20, share_cap=3)
    layer.fill(ahead, [each for each in assistants("Shabana Mirza")[1:] if each[0].name != "Wendy Pocock"])
    layer.lay(CALM, day + timedelta(days=7), places.OAKFIELD, "Hall", capacity=16, share_cap=3)
    layer.lay(
        SCAFFOLD, day + timedelta(days=14), places.HARROW, "Library", capacity=14, state=SessionState.DRAFT
    )


@dataclass(frozen=True, slots=True)
class Layer:
    """Lays sessions and books people into them, a few days ago, as their school's office would."""

    programmes: dict[str, Programme]
    calendar: SchoolCalendar
    now: datetime

    def school_day(self, day: date, number: int) -> date:
        return self.calendar.add_school_days(self.calendar.on_or_before(day), number)

    def lay(
        self,
        course: Course,
        day: date,
        place: Place | None,
        room: str,
        *,
        capacity: int,
        share_cap: int | None = None,
        state: SessionState = SessionState.OFFERED,
    ) -> Session:
        start = timezone.make_aware(datetime.combine(day, time(15, 45)))
        return Session.objects.create(
            programme=self.programmes[course.title],
            starts_at=start,
            ends_at=start + timedelta(minutes=75),
            venue=Organisation.objects.get(urn=place.urn) if place else None,
            room=room,
            online_at="" if place else "https://meet.example/reading-aloud",
            led_by=course.led_by,
            bring=course.bring,
            access="Ring at the main gate; there is step-free access and parking by the hall."
            if place
            else "",
            capacity=capacity,
            share_cap=share_cap,
            share_until=timezone.localdate(self.now) + timedelta(days=14) if share_cap else None,
            opens_at=min(self.now, start) - timedelta(days=21),
            closes_at=start - timedelta(hours=4),
            state=state,
        )

    def fill(self, session: Session, people: list[tuple[User, Organisation]]) -> None:
        """Each by the office of their school, while booking was open."""
        for index, (person, school) in enumerate(people):
            at = min(session.closes_at, self.now) - timedelta(days=4) + timedelta(minutes=11 * index)
            with rls.acting_as(holder(school, Role.SCHOOL_OFFICE).pk) as viewer:
                booking.book(session, people=[person.pk], organisation_id=school.pk, by=viewer, at=at)


def assistants(last: str = "") -> list[tuple[User, Organisation]]:
    """The support staff of the cluster, one school after the other; `last` names who comes at the end."""
    posts = Post.objects.filter(role=Role.SUPPORT_STAFF).select_related("user", "organisation")
    found = sorted(
        ((post.user, post.organisation) for post in posts), key=lambda each: (each[0].name[1:], each[0].name)
    )
    return (
        [each for each in found if each[0].name != last][:8]
        + [each for each in found if each[0].name == last]
        if last
        else found
    )

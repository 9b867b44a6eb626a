"""The shared CPD of the demo: what was, what is this week, what can be booked for the half-term ahead."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cpd.actions import booking, register, releasing
from cpd.enums import Came, Given, Mechanism, SessionState
from cpd.models import Booking, Programme, Session
from cpd.queries.register import register_of
from cpd.queries.release import find_release
from cpd.rules.register import Tick
from partnership.access import rls
from partnership.accounts.models import User
from partnership.home.world import places
from partnership.home.world.places import CLUSTER, LA_CODE, Place
from partnership.home.world.story import holder
from partnership.lib.dates import SchoolCalendar
from schools.actions.hours import say_hours
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
    leads: bool = True
    """Whether it is Miriam Kane's, who has an account and takes the register."""
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
    leads=False,
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
    layer.take_register(past, late=3, missing=7, walk_in="Bernie Flint")
    now_on = layer.lay(SCAFFOLD, layer.school_day(today, 0), places.WYSTANS, "Library", capacity=8)
    layer.fill(now_on, assistants()[6:12])
    this_week = layer.lay(CALM, layer.school_day(today, 2), places.MILLBROOK, "Hall", capacity=6)
    layer.fill(this_week, assistants("Shabana Mirza")[:9])
    layer.lay(ONLINE, layer.school_day(today, 6), None, "", capacity=40)
    off = layer.lay(SCAFFOLD, layer.school_day(today, 9), places.ASHGROVE, "Staff room", capacity=12)
    layer.fill(off, assistants()[3:8])
    following = calendar.next_half_term(today)
    day = following.starts_on + timedelta(days=(3 - following.starts_on.weekday()) % 7 + 7)
    ahead = layer.lay(TALK, day, places.NORTHFIELD, "Library", capacity=20, share_cap=3)
    layer.fill(ahead, [each for each in assistants("Shabana Mirza")[1:] if each[0].name != "Wendy Pocock"])
    later = layer.lay(CALM, day + timedelta(days=7), places.OAKFIELD, "Hall", capacity=16, share_cap=3)
    layer.lay(
        SCAFFOLD, day + timedelta(days=14), places.HARROW, "Library", capacity=14, state=SessionState.DRAFT
    )
    lay_hours(now=now)
    lay_rules(later, now=now)


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
            facilitator=User.objects.get(name="Miriam Kane") if course.leads else None,
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

    def take_register(self, session: Session, *, late: int, missing: int, walk_in: str) -> None:
        """By who leads it, in the first minutes: all came but one, one of them late, and one more without a booking."""
        at = session.starts_at + timedelta(minutes=10)
        said = {late: Came.LATE, missing: Came.ABSENT}
        leader = session.facilitator
        assert leader is not None
        with rls.acting_as(leader.pk) as viewer:
            expected = register_of(viewer, session, now=at).unmarked
            ticks = [
                Tick(uuid.uuid4(), said.get(number, Came.PRESENT), at, person_id=line.key)
                for number, line in enumerate(expected)
            ]
            school = Organisation.objects.get(urn=places.BRINDLE.urn)
            ticks.append(Tick(uuid.uuid4(), Came.PRESENT, at, name=walk_in, organisation_id=school.pk))
            register.take(session, ticks, by=viewer, at=at)


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


ASKED_STILL = "Wendy Pocock"
"""Nobody has said when she works, so that a session's page asks her."""


def lay_hours(*, now: datetime) -> None:
    """When the support staff work: most all day, some in the mornings, some on three days."""
    full, short = (time(8, 30), time(15, 30)), (time(8, 30), time(12, 15))
    weeks = (
        dict.fromkeys(range(1, 6), full),
        dict.fromkeys(range(1, 6), short),
        dict.fromkeys((2, 3, 4), full),
    )
    posts = Post.objects.filter(role=Role.SUPPORT_STAFF).select_related("user", "organisation")
    for index, post in enumerate(posts.order_by("user__name_key", "pk")):
        if post.user.name != ASKED_STILL:
            with rls.acting_as(holder(post.organisation, Role.SCHOOL_OFFICE).pk) as viewer:
                say_hours(post, week=weeks[index % len(weeks)], by=viewer, at=now)


def lay_rules(later: Session, *, now: datetime) -> None:
    """The secondary approves what its staff book, and one booking waits; the junior school gives time back, and has
    noted who covers."""
    northfield = Organisation.objects.get(urn=places.NORTHFIELD.urn)
    millbrook = Organisation.objects.get(urn=places.MILLBROOK.urn)
    with rls.acting_as(holder(northfield, Role.HEAD).pk) as viewer:
        releasing.set_rule(northfield.pk, approval=True, given="", remind_manager=True, by=viewer, at=now)
    with rls.acting_as(holder(millbrook, Role.HEAD).pk) as viewer:
        releasing.set_rule(
            millbrook.pk, approval=False, given=Given.TIME_BACK, remind_manager=False, by=viewer, at=now
        )
    person = User.objects.get(name="Shabana Mirza")
    with rls.acting_as(person.pk, mfa=False) as viewer:
        booking.book(
            later, people=[person.pk], organisation_id=northfield.pk, by=viewer, at=now - timedelta(hours=20)
        )
    with rls.acting_as(holder(millbrook, Role.SCHOOL_OFFICE).pk) as viewer:
        mine = (
            Booking.objects.visible_to(viewer)
            .live()
            .filter(organisation=millbrook, person__name="Maureen Gill")
        )
        for each in mine.filter(session__starts_at__gt=now):
            if found := find_release(viewer, each.pk):
                releasing.note(found, given="", cover="Aled Parry takes the gate", by=viewer, at=now)

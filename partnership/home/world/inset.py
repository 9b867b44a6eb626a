"""A joint INSET day of the demo, half chosen; a session that waits to be decided; a queue that moved last time."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from cpd.actions import booking, days
from cpd.enums import SessionState
from cpd.models import Booking, Day, Programme, Session
from cpd.models.days import on_day
from partnership.access import rls
from partnership.home.world import places
from partnership.home.world.offer import CALM, ONLINE, Layer, assistants
from partnership.home.world.places import CLUSTER, LA_CODE
from partnership.home.world.story import holder
from schools.enums import OrganisationKind, Role
from schools.models import Closure, Organisation
from schools.queries.calendars import calendar_for

EVERYBODY = "Everybody who works in a school"
PARTS = ((time(10), time(11, 15)), (time(11, 30), time(12, 45)), (time(13, 45), time(15)))
WORKSHOPS = (
    ("First days in Year 7, through their eyes", "Hall", "Jo Obi", 3),
    ("Reading a handover in ten minutes", "Library", "Priya Nair", 24),
    ("Maths from Year 6 to Year 7: one method, one language", "M1", "Mark Ellison and Tom Reilly", 24),
    ("When a child will not come in", "Drama studio", "Dr Miriam Kane", 20),
    ("Autism: what a calm room sounds like", "S2", "Ellen Cope", 24),
    ("Keeping children safe: what to notice, whom to tell", "Lecture theatre", "Amara Cole", 40),
)


def lay_inset(*, now: datetime) -> None:
    """The day on which next half-term begins; the first workshop is nearly full."""
    authority = Organisation.objects.get(kind=OrganisationKind.LOCAL_AUTHORITY, la_code=LA_CODE)
    cluster = Organisation.objects.get(kind=OrganisationKind.PARTNERSHIP, name=CLUSTER)
    calendar = calendar_for(authority.pk)
    venue = Organisation.objects.get(urn=places.NORTHFIELD.urn)
    day = Day.objects.create(
        partnership=cluster, title="Learning together: the cluster’s INSET day",
        on=calendar.next_half_term(timezone.localdate(now)).starts_on, venue=venue, begins=time(9), ends=time(15, 45),
        opening="Welcome and one story from Year 6, in the hall", closing="What we take back, in the hall, and tea",
        notes="Park on the field; the gate opens at 8.15. Lunch is in the canteen from 12.45.",
        opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=6),
    )  # fmt: skip
    schools = Organisation.objects.filter(urn__in=[place.urn for place in places.CLUSTER_PLACES])
    Closure.objects.bulk_create(
        [Closure(organisation=each, on=day.on) for each in schools], ignore_conflicts=True
    )
    for number, (begins, ends) in enumerate(PARTS):
        for title, room, led_by, capacity in WORKSHOPS[number % 2 :]:
            programme, _ = Programme.objects.get_or_create(
                partnership=cluster,
                title=title,
                defaults={"audience": EVERYBODY, "aims": "Take one thing back that works on Monday."},
            )
            Session.objects.create(
                programme=programme, day=day, starts_at=on_day(day.on, begins), ends_at=on_day(day.on, ends),
                venue=venue, room=room, led_by=led_by, capacity=capacity, opens_at=day.opens_at,
                closes_at=day.closes_at,
            )  # fmt: skip
    with rls.acting_as(holder(cluster, Role.COORDINATOR).pk) as viewer:
        days.offer_day(day, by=viewer, at=now)
    first = list(day.workshops.order_by("starts_at", "programme__title"))
    for person, school in [each for each in assistants() if each[0].name != "Wendy Pocock"][:6]:
        with rls.acting_as(holder(school, Role.SCHOOL_OFFICE).pk) as viewer:
            days.book_staff(
                [first[0], first[-1]], people=[person.pk], organisation_id=school.pk, by=viewer, at=now
            )
    Session.objects.filter(programme__title=ONLINE.title, state=SessionState.OFFERED).update(
        minimum=8, decide_on=timezone.localdate(now)
    )
    lay_last_time(cluster, now=now)


def lay_last_time(cluster: Organisation, *, now: datetime) -> None:
    """The same course five weeks ago: three queued, and two of them got in."""
    programmes = {CALM.title: Programme.objects.get(partnership=cluster, title=CALM.title)}
    authority = Organisation.objects.get(kind=OrganisationKind.LOCAL_AUTHORITY, la_code=LA_CODE)
    layer = Layer(programmes, calendar_for(authority.pk), now)
    past = layer.lay(
        CALM, layer.school_day(timezone.localdate(now), -22), places.MILLBROOK, "Hall", capacity=5
    )
    layer.fill(past, assistants()[:8])
    for each in Booking.objects.filter(session=past, number__in=(2, 4)).select_related(
        "session", "organisation"
    ):
        with rls.acting_as(holder(each.organisation, Role.SCHOOL_OFFICE).pk) as viewer:
            booking.cancel(each, by=viewer, at=past.closes_at - timedelta(days=2))

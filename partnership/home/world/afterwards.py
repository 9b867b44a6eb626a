"""What came after the demo's past session: its register, what people said, certificates, passports, and a training that runs
out."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.utils import timezone

from cpd.actions import certificates, entering, feedback, passport
from cpd.enums import Asks, Came, EntryKind, Step
from cpd.models import Attendance, Programme, Session
from cpd.queries.queue import queues_of
from partnership.access import rls
from partnership.accounts.models import User
from partnership.home.world import places
from partnership.home.world.offer import SCAFFOLD
from partnership.home.world.places import CLUSTER
from partnership.home.world.story import holder
from schools.enums import OrganisationKind, Role
from schools.models import Organisation, Post

SAID = (
    (5, "Count to ten in my head before I say anything.", "More time to try it with a partner."),
    (4, "Ask what they have tried so far before I help.", ""),
    (5, "Stand a step further back in maths.", "Could teachers come too? We need to do it together."),
    (3, "", "The room was too full to move about in."),
    (
        4,
        "Give a hint, not the answer, and then walk away.",
        "A card with the four steps to keep in a pocket.",
    ),
    (4, "Use the ladder: wait, ask, hint, show.", "Start ten minutes later, our bus is slow."),
    (5, "Praise trying, not finishing.", ""),
    (2, "", "We had much of this last year."),
)
WENDY = "Wendy Pocock"


def lay_afterwards(*, now: datetime) -> None:
    """Told as it would have happened: the register first, then what people wrote and keep."""
    Programme.objects.filter(title=SCAFFOLD.title).update(asks=Asks.THREE)
    past = Session.objects.filter(programme__title=SCAFFOLD.title, ends_at__lt=now).latest("ends_at")
    take_register(past)
    there = Attendance.objects.in_the_room().filter(session=past, person__isnull=False)
    people = list(User.objects.filter(pk__in=there.values("person_id")).order_by("name_key"))
    people.sort(key=lambda person: person.name != WENDY)
    for person, (score, practice, wish) in zip(people, SAID, strict=False):
        at = past.ends_at + timedelta(hours=2)
        with rls.acting_as(person.pk, mfa=False) as viewer:
            feedback.give(past.pk, Step.DAY, score=score, practice=practice, wish=wish, by=viewer, at=at)
            certificates.issue(past.pk, by=viewer, at=at)
    lay_passports(today=timezone.localdate(now), now=now)


def take_register(session: Session) -> None:
    """Whoever had a place came but two, one of them late; Wendy Pocock walked in. Left as it is where one was taken."""
    if Attendance.objects.filter(session=session).exists():
        return
    cluster = Organisation.objects.get(kind=OrganisationKind.PARTNERSHIP, name=CLUSTER)
    keeper = holder(cluster, Role.COORDINATOR)
    queue = queues_of([session], session.bookings.all(), today=timezone.localdate(session.starts_at))
    marks = {
        turn.person_id: (turn.claim.organisation_id, Came.PRESENT, False)
        for turn in queue[session.pk].placed()
    }
    for person_id, came in zip(marks, (Came.ABSENT, Came.LATE), strict=False):
        marks[person_id] = (marks[person_id][0], came, False)
    wendy = Post.objects.select_related("user").get(user__name=WENDY)
    marks[wendy.user_id] = (wendy.organisation_id, Came.PRESENT, wendy.user_id not in marks)
    Attendance.objects.bulk_create(
        Attendance(
            session=session,
            partnership=cluster,
            person_id=person_id,
            organisation_id=school_id,
            came=came,
            walked_in=walked_in,
            by=keeper,
            at=session.starts_at + timedelta(minutes=20),
        )
        for person_id, (school_id, came, walked_in) in marks.items()
    )


def lay_passports(*, today: date, now: datetime) -> None:
    """A passport with entries of one's own, and Millbrook's trainings: most valid, one late, the lead's ending in three
    weeks."""
    wendy = User.objects.get(name=WENDY)
    enter(
        wendy,
        "Paediatric first aid",
        "St John Ambulance",
        today - timedelta(days=400),
        12,
        "first-aid",
        now=now,
    )
    enter(
        wendy, "Makaton, level 1", "Wendlebury speech therapists", today - timedelta(days=250), 6, "", now=now
    )
    millbrook = Organisation.objects.get(urn=places.MILLBROOK.urn)
    lead = holder(millbrook, Role.DSL)
    ends = today + timedelta(days=21)
    two_years = ends.replace(year=ends.year - 2, day=min(ends.day, 28))
    enter(
        lead, "Designated safeguarding lead", "Wendlebury County", two_years, 12, "safeguarding-lead", now=now
    )
    posts = Post.objects.filter(organisation=millbrook).select_related("user").by_person()
    staff = list(dict.fromkeys(post.user for post in posts))
    for number, person in enumerate(staff[:-2]):
        ago = 390 if number == 1 else 60 + 5 * number
        enter(
            person,
            "Safeguarding update",
            millbrook.name,
            today - timedelta(days=ago),
            2,
            "safeguarding",
            now=now,
        )
    for person in staff[::2]:
        enter(
            person,
            "Online safety",
            "National Online Safety",
            today - timedelta(days=100),
            1,
            "online-safety",
            kind=EntryKind.ONLINE,
            now=now,
        )

    office = holder(millbrook, Role.SCHOOL_OFFICE)
    with rls.acting_as(office.pk, mfa=False) as viewer:
        entering.enter(
            {
                "title": "Whole-staff safeguarding day",
                "provider": "Wendlebury County",
                "on": today - timedelta(days=45),
                "hours": 3,
                "counts_for": "safeguarding",
                "evidence": "The list everybody signed",
            },
            people=[wendy.pk, *(person.pk for person in staff[-2:-1])],
            school=millbrook,
            key=uuid.uuid4(),
            by=viewer,
            at=now,
        )


def enter(
    person: User,
    title: str,
    provider: str,
    on: date,
    hours: int,
    counts_for: str,
    *,
    now: datetime,
    kind: EntryKind = EntryKind.COURSE,
) -> None:
    facts = {
        "title": title,
        "provider": provider,
        "on": on,
        "hours": hours,
        "counts_for": counts_for,
        "kind": kind.value,
    }
    with rls.acting_as(person.pk, mfa=False) as viewer:
        passport.add(facts, id=uuid.uuid4(), by=viewer, at=now)

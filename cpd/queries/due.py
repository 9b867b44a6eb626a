"""What comes due, for reminders alone: no viewer, ids and days only. Worked out from present state, so that nothing goes
to the cancelled or the waiting."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cpd.enums import SessionState
from cpd.models import Booking, SchoolRule, Session
from cpd.queries.queue import queues_of
from schools.models import Post
from schools.queries.duties import duty

REMIND = "cpd_reminder_before"
"""How long before a session its reminder goes out."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that somebody has at this moment."""

    booking_id: uuid.UUID
    person_id: uuid.UUID
    session_id: uuid.UUID
    organisation_id: uuid.UUID
    starts_on: date
    waited: bool
    workshop: bool
    """Whether it is one of several of a joint day."""


def places(*, first: date, last: date, today: date) -> Iterator[Place]:
    """Everybody with a place in what is offered from one day to another, both included."""
    start = timezone.make_aware(datetime.combine(first, time.min))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    sessions = list(
        Session.objects.filter(state=SessionState.OFFERED, starts_at__gte=start, starts_at__lt=end)
    )
    of = Booking.objects.filter(session__in=[each.pk for each in sessions])
    waited = set(of.live().filter(waited=True).values_list("pk", flat=True))
    queues = queues_of(sessions, of, today=today)
    for session in sessions:
        for turn in queues[session.pk].placed():
            yield Place(
                booking_id=turn.id,
                person_id=turn.person_id,
                session_id=session.pk,
                organisation_id=turn.claim.organisation_id,
                starts_on=timezone.localdate(session.starts_at),
                waited=turn.id in waited,
                workshop=session.day_id is not None,
            )


def came_free(*, today: date) -> Iterator[Place]:
    """Those who waited and have a place now, in what is still to come."""
    return (
        each for each in places(first=today, last=today + timedelta(days=400), today=today) if each.waited
    )


def soon(*, today: date) -> Iterator[Place]:
    """Those with a place in a session near enough to be reminded of."""
    ahead = duty(REMIND, on=today).amount or 0
    return places(first=today, last=today + timedelta(days=ahead), today=today)


@dataclass(frozen=True, slots=True)
class StaffSoon:
    """Somebody whose staff have a place in a session that is near."""

    session_id: uuid.UUID
    organisation_id: uuid.UUID
    starts_on: date
    manager_id: uuid.UUID


def staff_soon(*, today: date) -> Iterator[StaffSoon]:
    """Line managers, and heads where none is named, at the schools that want them reminded; once for each session."""
    near = list(soon(today=today))
    wanted = SchoolRule.objects.filter(
        remind_manager=True, organisation__in={each.organisation_id for each in near}
    )
    schools = set(wanted.values_list("organisation_id", flat=True))
    near = [each for each in near if each.organisation_id in schools]
    if not near:
        return
    managers, heads = managers_at(schools, {each.person_id for each in near}, on=today)
    told: set[StaffSoon] = set()
    for place in near:
        at = place.organisation_id
        for manager in managers.get((place.person_id, at), heads.get(at, [])):
            found = StaffSoon(place.session_id, at, place.starts_on, manager)
            if manager != place.person_id and found not in told:
                told.add(found)
                yield found


Managers = dict[tuple[uuid.UUID, uuid.UUID], list[uuid.UUID]]


def managers_at(
    schools: set[uuid.UUID], people: set[uuid.UUID], *, on: date
) -> tuple[Managers, dict[uuid.UUID, list[uuid.UUID]]]:
    """By person and school the line managers of their posts; by school its heads."""
    posts = Post.objects.current(on=on).filter(organisation__in=schools)
    managers: Managers = {}
    named = posts.filter(user__in=people, line_manager__isnull=False)
    for user, school, manager in named.values_list("user_id", "organisation_id", "line_manager_id"):
        managers.setdefault((user, school), []).append(manager)
    heads: dict[uuid.UUID, list[uuid.UUID]] = {}
    for user, school in posts.filter(role="head").values_list("user_id", "organisation_id"):
        heads.setdefault(school, []).append(user)
    return managers, heads

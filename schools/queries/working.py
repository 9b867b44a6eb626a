"""Who works on a day, for the outbox: nothing is sent outside working days (practice P21)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.utils import timezone

from partnership.lib.dates import BeyondCalendar, SchoolCalendar, is_working_day
from schools.enums import OrganisationKind
from schools.models import Post
from schools.queries.calendars import bank_holidays, calendars_for
from schools.queries.hours import weeks_of


def working_for(*, at: datetime, people: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of the people who work at this moment, at one at least of their posts.

    School staff work in term, training days included; everyone else, and staff of a school whose half-terms are
    not entered, on weekdays that are no bank holiday. Whoever has said when they work is at work then alone."""
    local = timezone.localtime(at)
    day = local.date()
    if not people or not is_working_day(day, bank_holidays()):
        return frozenset()
    schools: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    elsewhere: set[uuid.UUID] = set()
    away: set[uuid.UUID] = set()
    posts = Post.objects.current(on=day).filter(user__in=people)
    rows = list(posts.values_list("pk", "user_id", "organisation_id", "organisation__kind"))
    weeks = weeks_of([row[0] for row in rows])
    for post, user, organisation, kind in rows:
        span = weeks.get(post, {}).get(day.isoweekday())
        if post in weeks and not (span and span[0] <= local.time() < span[1]):
            away.add(user)
        elif kind == OrganisationKind.SCHOOL:
            schools[user].add(organisation)
        else:
            elsewhere.add(user)
    calendars = calendars_for({school for held in schools.values() for school in held})
    open_schools = {school for school, calendar in calendars.items() if in_term(calendar, day)}
    return frozenset(
        person
        for person in people
        if person in elsewhere
        or (person not in schools and person not in away)
        or not open_schools.isdisjoint(schools.get(person, ()))
    )


def in_term(calendar: SchoolCalendar, day: date) -> bool:
    """Whether the day lies in a half-term; where none is known, it may."""
    try:
        return calendar.half_term_at(day) is not None
    except BeyondCalendar:
        return True

"""Joint days as a viewer sees them: the parts of the day, the workshops in each, and which are one's own."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from cpd.enums import DayState, SessionState
from cpd.models import Booking, Day, Session
from cpd.queries.offer import Line, colleagues_at, lines_of, sessions_seen
from partnership.access.viewer import Viewer
from partnership.accounts.models import User


@dataclass(frozen=True, slots=True)
class Part:
    """The workshops that begin at one time; `mine` is the one the viewer has chosen."""

    starts_at: datetime
    ends_at: datetime
    lines: Sequence[Line]
    mine: Line | None

    @property
    def key(self) -> str:
        """Its name in a form: the hour on the wall."""
        return f"{timezone.localtime(self.starts_at):%H%M}"

    @property
    def hours(self) -> str:
        start, end = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        return f"{start:%H:%M} to {end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A day with its parts, in order of time."""

    day: Day
    parts: Sequence[Part]
    now: datetime

    @property
    def open(self) -> bool:
        """Whether one may choose at this moment."""
        return any(line.may_book for part in self.parts for line in part.lines)

    @property
    def chosen(self) -> int:
        return sum(part.mine is not None for part in self.parts)

    @property
    def whole(self) -> bool:
        return bool(self.parts) and self.chosen == len(self.parts)


def days_seen(viewer: Viewer, *, now: datetime) -> list[Day]:
    """The joint days to come."""
    rows = Day.objects.visible_to(viewer).filter(on__gte=timezone.localdate(now), state=DayState.OFFERED)
    return list(rows.select_related("venue").order_by("on", "pk"))


def find_day(viewer: Viewer, day_id: uuid.UUID) -> Day | None:
    return Day.objects.visible_to(viewer).select_related("venue").filter(pk=day_id).first()


def plan_of(viewer: Viewer, day: Day, *, now: datetime) -> Plan:
    """Two queries, however many workshops there are."""
    by_start: dict[datetime, list[Line]] = {}
    for line in lines_of(viewer, sessions_seen(viewer).filter(day=day), now=now):
        by_start.setdefault(line.session.starts_at, []).append(line)
    parts = [
        Part(
            starts_at=start,
            ends_at=max(line.session.ends_at for line in lines),
            lines=sorted(lines, key=lambda each: (each.called_off, each.session.name)),
            mine=next((each for each in lines if each.mine and not each.called_off), None),
        )
        for start, lines in sorted(by_start.items())
    ]
    return Plan(day, parts, now)


@dataclass(frozen=True, slots=True)
class Chooser:
    """A colleague, and for how many parts of the day they are booked."""

    person: User
    parts: int
    booked_at: frozenset[datetime]


def choosers(viewer: Viewer, plan: Plan, organisation_id: uuid.UUID) -> list[Chooser]:
    """The staff of one of the viewer's schools, and what each has chosen so far."""
    staff = colleagues_at(viewer, organisation_id, on=timezone.localdate(plan.now))
    starts: dict[uuid.UUID, set[datetime]] = {each.pk: set() for each in staff}
    booked = Booking.objects.in_offer_of(viewer).live().filter(session__day=plan.day, person__in=starts)
    taking_place = booked.exclude(session__state=SessionState.CALLED_OFF)
    for person_id, start in taking_place.values_list("person_id", "session__starts_at"):
        starts[person_id].add(start)
    return [Chooser(each, len(starts[each.pk]), frozenset(starts[each.pk])) for each in staff]


def chosen_by(viewer: Viewer, day_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Day, bool]]:
    """Of these days, each the viewer sees, and whether they have chosen for all its parts: for messages."""
    days = {each.pk: each for each in Day.objects.visible_to(viewer).filter(pk__in=day_ids)}
    taking_place = Session.objects.visible_to(viewer).filter(day__in=days, state=DayState.OFFERED)
    parts = dict(
        taking_place.values("day").annotate(n=Count("starts_at", distinct=True)).values_list("day", "n")
    )
    mine = Booking.objects.visible_to(viewer).live().filter(person=viewer.user_id, session__in=taking_place)
    booked = dict(
        mine.values("session__day")
        .annotate(n=Count("session__starts_at", distinct=True))
        .values_list("session__day", "n")
    )
    return {pk: (day, booked.get(pk, 0) >= parts.get(pk, 0)) for pk, day in days.items()}

"""A joint day as its coordinator sees it: who chose what, by workshop and by school, and who has not chosen yet."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cpd.enums import SessionState
from cpd.models import Booking, Day, Session
from cpd.queries.queue import queues_of
from partnership.access.viewer import Viewer
from schools.models import Membership, Organisation, Post


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is booked for a workshop."""

    name: str
    school: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Workshop:
    """One workshop with those who chose it, by name; the queue stands behind those with a place."""

    session: Session
    guests: Sequence[Guest]

    @property
    def taken(self) -> int:
        return sum(not each.waits for each in self.guests)

    @property
    def waiting(self) -> int:
        return len(self.guests) - self.taken


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of a school's staff, and what they chose in each part of the day; '' where nothing yet."""

    name: str
    chosen: Sequence[str]

    @property
    def whole(self) -> bool:
        return all(self.chosen)


@dataclass(frozen=True, slots=True)
class School:
    name: str
    staff: Sequence[Colleague]

    @property
    def missing(self) -> Sequence[Colleague]:
        return [each for each in self.staff if not each.whole]


@dataclass(frozen=True, slots=True)
class Choices:
    """The whole day; the parts are its beginnings in order of time."""

    parts: Sequence[datetime]
    workshops: Sequence[Workshop]
    schools: Sequence[School]

    @property
    def missing(self) -> int:
        return sum(len(each.missing) for each in self.schools)


def choices_of(viewer: Viewer, day: Day, *, today: date) -> Choices:
    """Six queries, however many come. For whoever keeps the day; for others it is empty."""
    rows = Session.objects.kept_by(viewer).filter(day=day).exclude(state=SessionState.CALLED_OFF)
    sessions = list(
        rows.select_related("programme", "venue", "facilitator").order_by("starts_at", "room", "pk")
    )
    booked = Booking.objects.visible_to(viewer).filter(session__in=[each.pk for each in sessions])
    queues = queues_of(sessions, booked, today=today)
    guests: dict[uuid.UUID, list[Guest]] = defaultdict(list)
    names = {each.pk: each.name for each in sessions}
    chosen: dict[tuple[uuid.UUID, datetime], str] = {}
    live = (
        booked.live().select_related("person", "organisation", "session").order_by("person__name_key", "pk")
    )
    for each in live:
        waits = not queues[each.session_id].standing(each.pk).placed
        guests[each.session_id].append(Guest(each.person.name, each.organisation.name, waits))
        chosen[each.person_id, each.session.starts_at] = names[each.session_id] + (
            " (queue)" if waits else ""
        )
    parts = sorted({each.starts_at for each in sessions})
    return Choices(
        parts=parts,
        workshops=[
            Workshop(each, sorted(guests[each.pk], key=lambda guest: guest.waits)) for each in sessions
        ],
        schools=schools_of(day, parts, chosen, today=today) if sessions else [],
    )


def schools_of(
    day: Day, parts: Sequence[datetime], chosen: dict[tuple[uuid.UUID, datetime], str], *, today: date
) -> list[School]:
    """The day's schools, with everybody in post there."""
    current = Membership.objects.current(on=today)
    direct = current.filter(partnership=day.partnership_id).values_list("organisation_id", flat=True)
    beneath = current.filter(partnership__in=direct).values_list("organisation_id", flat=True)
    schools = Organisation.objects.schools().filter(pk__in={*direct, *beneath}).by_name()
    posts = Post.objects.current(on=today).filter(organisation__in=schools, user__is_active=True)
    staff: dict[uuid.UUID, dict[uuid.UUID, str]] = defaultdict(dict)
    for school_id, user_id, name in posts.order_by("user__name_key").values_list(
        "organisation_id", "user_id", "user__name"
    ):
        staff[school_id][user_id] = name
    return [
        School(
            school.name,
            [
                Colleague(name, [chosen.get((user_id, part), "") for part in parts])
                for user_id, name in staff[school.pk].items()
            ],
        )
        for school in schools
    ]

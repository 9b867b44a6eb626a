"""Go or no go: sessions for which fewer have a place than they need, on the day on which it is decided."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cpd.enums import SessionState
from cpd.models import Booking, Session, SessionQuerySet
from cpd.queries.queue import Queue, queues_of
from partnership.access.viewer import Viewer
from schools.enums import Role
from schools.models import Post


@dataclass(frozen=True, slots=True)
class Undecided:
    """A session to be decided, and by whom: its partnership's coordinators."""

    session_id: uuid.UUID
    decide_on: date
    coordinator_id: uuid.UUID


def few(session: Session, queue: Queue) -> bool:
    """Whether it is offered, needs a minimum, has fewer, and nobody has decided that it goes ahead."""
    return (
        session.state == SessionState.OFFERED
        and session.minimum is not None
        and queue.taken < session.minimum
        and session.goes_ahead_at is None
    )


def due_by(sessions: SessionQuerySet, *, today: date) -> SessionQuerySet:
    """Of these, the ones offered and to come whose day of decision has come, unless it was decided."""
    return sessions.filter(
        state=SessionState.OFFERED,
        decide_on__lte=today,
        minimum__isnull=False,
        goes_ahead_at__isnull=True,
        starts_at__date__gte=today,
    )


def undecided(*, today: date) -> Iterator[Undecided]:
    """For reminders alone: what is due, and its coordinators. Worked out from who has a place today."""
    sessions = list(due_by(Session.objects.all(), today=today))
    queues = queues_of(
        sessions, Booking.objects.filter(session__in=[each.pk for each in sessions]), today=today
    )
    short = [each for each in sessions if few(each, queues[each.pk])]
    posts = Post.objects.current(on=today).filter(
        role=Role.COORDINATOR, organisation__in={each.partnership_id for each in short}, user__is_active=True
    )
    coordinators = set(posts.values_list("organisation_id", "user_id"))
    for session in short:
        for partnership_id, user_id in sorted(coordinators):
            if partnership_id == session.partnership_id and session.decide_on is not None:
                yield Undecided(session.pk, session.decide_on, user_id)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session that its coordinator has to decide, and how many have a place."""

    session: Session
    taken: int
    decide_on: date
    late: bool


def waiting_for(viewer: Viewer, *, today: date) -> list[Waiting]:
    """What this coordinator has to decide by now, the longest due first."""
    kept = due_by(Session.objects.kept_by(viewer), today=today).select_related("programme", "venue")
    sessions = [
        each for each in kept.order_by("decide_on", "starts_at", "pk") if each.starts_at > timezone.now()
    ]
    queues = queues_of(sessions, Booking.objects.in_offer_of(viewer), today=today) if sessions else {}
    return [
        Waiting(each, queues[each.pk].taken, each.decide_on, each.decide_on < today)
        for each in sessions
        if each.decide_on is not None and few(each, queues[each.pk])
    ]


def to_decide(
    viewer: Viewer, session_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[Session, int, bool]]:
    """Of these, each the viewer keeps: how many have a place, and whether it waits to be decided. For messages."""
    sessions = list(
        Session.objects.kept_by(viewer).filter(pk__in=session_ids).select_related("programme", "venue")
    )
    queues = queues_of(sessions, Booking.objects.in_offer_of(viewer), today=timezone.localdate())
    return {
        each.pk: (each, queues[each.pk].taken, few(each, queues[each.pk]) and each.starts_at > timezone.now())
        for each in sessions
    }

"""Places that were closed: what the former school has to destroy, and whether the family has been told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import BeyondCalendar, SchoolCalendar
from schools.enums import Role
from schools.queries.calendars import calendars_for
from schools.queries.duties import DutyBook, NoSuchDuty, duties_for
from schools.queries.holding import PostBook, post_book
from transitions.models import ClosedPlace, Transition

DUTY = "prints_destroyed_within"


@dataclass(frozen=True, slots=True)
class ToDestroy:
    """One closed place as the former school sees it: by reference, never by name."""

    place: ClosedPlace
    due_on: date | None


def at_former(viewer: Viewer) -> list[ToDestroy]:
    """Places closed for the viewer's schools: those to be confirmed first, then the newest."""
    rows = list(
        ClosedPlace.objects.visible_to(viewer)
        .filter(former__in=viewer.reach(Permission.SEE_PROGRESS))
        .select_related("school", "former", "destroyed_by")
        .order_by("-at")
    )
    return sorted(dated(rows, on=timezone.localdate()), key=lambda row: row.place.destroyed_at is not None)


def dated(rows: list[ClosedPlace], *, on: date) -> list[ToDestroy]:
    """The rows with the day by which it is to be done; None where the terms are not entered."""
    if not rows:
        return []
    formers = {row.former_id for row in rows}
    calendars, duties = calendars_for(formers), duties_for(formers, on=on)
    return [ToDestroy(row, due_day(row, calendars[row.former_id], duties)) for row in rows]


def due_day(place: ClosedPlace, calendar: SchoolCalendar, duties: DutyBook) -> date | None:
    try:
        return duties.of(DUTY, place.former_id).after(timezone.localdate(place.at), calendar)
    except (BeyondCalendar, NoSuchDuty, ValueError):
        return None


def find_at_former(viewer: Viewer, pk: uuid.UUID) -> ClosedPlace | None:
    """One place closed for a school of the viewer's."""
    rows = ClosedPlace.objects.visible_to(viewer).filter(former__in=viewer.reach(Permission.SEE_PROGRESS))
    return rows.filter(pk=pk).first()


def of_move(viewer: Viewer, move: Transition) -> list[ClosedPlace]:
    """What a child's former destinations have still to do or have done: for the present school."""
    if not viewer.may(Permission.SEE_PROGRESS, move.school_id):
        return []
    rows = ClosedPlace.objects.visible_to(viewer).filter(transition=move)
    return list(rows.select_related("former", "by", "destroyed_by", "told_by").order_by("-at"))


@dataclass(frozen=True, slots=True)
class Overdue:
    """A confirmation that is late, and who is told of it."""

    place_id: uuid.UUID
    due_on: date
    told: tuple[uuid.UUID, ...]


def overdue(*, today: date) -> Iterator[Overdue]:
    """For reminders alone: no viewer, ids and dates only."""
    rows = list(ClosedPlace.objects.filter(destroyed_at__isnull=True).order_by("pk"))
    posts = post_book({row.former_id for row in rows}, on=today) if rows else PostBook({})
    for row in dated(rows, on=today):
        if row.due_on is not None and row.due_on <= today:
            leads = posts.answering(row.place.former_id, Role.SENCO)
            yield Overdue(row.place.pk, row.due_on, tuple(each.user_id for each in leads))

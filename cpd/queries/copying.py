"""What a copy of sessions would be, before anything is made: the day of each, and what stands against it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from cpd.enums import SessionState
from cpd.models import Session
from cpd.models.days import on_day
from cpd.queries.terms import against, calendar_at
from partnership.access.viewer import Viewer
from partnership.lib.dates import HalfTermSpan

MOMENTS, DAYS = ("starts_at", "ends_at", "opens_at", "closes_at"), ("decide_on", "share_until")


@dataclass(frozen=True, slots=True)
class Copy:
    """A session and the draft that would be made of it, not saved. With `left_out` none is; `note` says why, or what the
    draft goes without."""

    source: Session
    draft: Session
    note: str = ""
    left_out: bool = False

    @property
    def days(self) -> int:
        return (timezone.localdate(self.draft.starts_at) - timezone.localdate(self.source.starts_at)).days


def in_half_term(viewer: Viewer, span: HalfTermSpan) -> list[Session]:
    """What takes place in it, drafts too. Workshops belong to their joint day and are not copied alone."""
    rows = Session.objects.kept_by(viewer).exclude(state=SessionState.CALLED_OFF).filter(day=None)
    return list(
        rows.filter(starts_at__date__gte=span.starts_on, starts_at__date__lte=span.ends_on)
        .select_related("programme", "venue", "facilitator")
        .by_day()
    )


def to_half_term(first: HalfTermSpan, other: HalfTermSpan) -> Callable[[date], date]:
    """The same weekday of the same week of another half-term; where that is shorter, of its last such week."""

    def moved(day: date) -> date:
        found = day + (monday(other.starts_on) - monday(first.starts_on))
        while found > other.ends_on:
            found -= timedelta(weeks=1)
        return found if found >= other.starts_on else found + timedelta(weeks=1)

    return moved


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def plan(sessions: Iterable[Session], moved: Callable[[date], date], *, today: date) -> list[Copy]:
    """A copy of each of these sessions. A bank holiday, a closed school, and a leader who is elsewhere leave it out; a room
    that is taken leaves the draft without a room."""
    found: list[Copy] = []
    for session in sessions:
        draft = drafted(session, moved)
        found.append(
            looked_at(session, draft, [each.draft for each in found if not each.left_out], today=today)
        )
    return found


def looked_at(session: Session, draft: Session, beside: Sequence[Session], *, today: date) -> Copy:
    calendar = calendar_at(draft.partnership_id, draft.venue_id, today=today)
    if fault := against(timezone.localdate(draft.starts_at), calendar, venue_id=draft.venue_id):
        return Copy(session, draft, fault, left_out=True)
    same = Session.objects.filter(
        programme=draft.programme_id, starts_at=draft.starts_at, title=draft.title, venue=draft.venue_id
    )
    if same.exclude(state=SessionState.CALLED_OFF).exists():
        return Copy(session, draft, "It is there already.", left_out=True)
    clashes = draft.clashes()
    for other in beside:
        if draft.starts_at < other.ends_at and other.starts_at < draft.ends_at:
            if draft.facilitator_id and draft.facilitator_id == other.facilitator_id:
                clashes["facilitator"] = f"They lead another session at that time: {other.name_and_hours}."
            if draft.room and (draft.venue_id, draft.room.lower()) == (other.venue_id, other.room.lower()):
                clashes["room"] = f"Another session has this room at that time: {other.name_and_hours}."
    if "facilitator" in clashes:
        return Copy(session, draft, clashes["facilitator"], left_out=True)
    if "room" in clashes:
        draft.room = ""
        return Copy(session, draft, f"{clashes['room']} The draft has no room.")
    return Copy(session, draft)


def drafted(session: Session, moved: Callable[[date], date]) -> Session:
    """The draft: all its days moved by as much as the session, at the same hours on the wall."""
    day = timezone.localdate(session.starts_at)
    far = moved(day) - day
    draft = Session.objects.select_related("programme", "venue", "facilitator").get(pk=session.pk)
    draft.pk = uuid.uuid4()
    draft._state.adding = True
    for name in MOMENTS:
        setattr(draft, name, later(getattr(draft, name), far))
    for name in DAYS:
        if (when := getattr(draft, name)) is not None:
            setattr(draft, name, when + far)
    draft.state, draft.called_off_why, draft.last_number, draft.revision = SessionState.DRAFT, "", 0, 0
    draft.goes_ahead_at = draft.day = None
    return draft


def later(moment: datetime, far: timedelta) -> datetime:
    """The same hour on the wall, whatever summer time does in between."""
    local = timezone.localtime(moment)
    return on_day(local.date() + far, local.time())

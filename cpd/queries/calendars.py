"""What calendars are told: of the offer what anybody may know, and one's own places and turns in a queue."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cpd.enums import DayState, SessionState
from cpd.formats.ics import Entry, Invitation, Method, Status
from cpd.models import Booking, Day, Feed, Session, Talk
from cpd.models.days import on_day
from cpd.queries.offer import place_words
from cpd.queries.queue import queues_of
from cpd.queries.talks import talks_in
from cpd.rules import Standing
from cpd.rules.talks import TEN_MINUTES
from partnership.access.viewer import Viewer
from partnership.outbox.compose import absolute
from schools.enums import OrganisationKind
from schools.models import Organisation

BEHIND, AHEAD = timedelta(days=60), timedelta(days=400)
"""How far a calendar looks back and forward."""
STEPS = 3
"""Of one revision a booking may be in the queue, in, or given back: each a higher number than the one before."""


def uid(row: uuid.UUID) -> str:
    """The same for ever, and nobody else's."""
    return f"{row}@{urlsplit(settings.PUBLIC_URL).hostname}"


def where(session: Session) -> str:
    if session.venue is None:
        return "Online"
    return f"{session.venue.name}, {session.room}" if session.room else session.venue.name


def off(session: Session) -> bool:
    return session.state == SessionState.CALLED_OFF


def own_entry(booking: Booking, standing: Standing | None) -> Entry:
    """A booking as its person's calendar has it; without a standing it was given back. `booking.session` is loaded."""
    session = booking.session
    placed = standing is not None and standing.placed
    waiting = standing is not None and not placed
    words = f"{place_words(standing, session)}." if standing else ""
    notes = [words, session.bring and f"Bring: {session.bring}", session.access]
    if placed and session.online_at:
        notes.append(f"Join at {session.online_at}")
    gone = standing is None or off(session)
    return Entry(
        uid=uid(booking.pk),
        title=f"In the queue: {session.name}" if waiting else session.name,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        where=where(session),
        url=absolute(reverse("cpd:session", args=[session.pk])),
        notes=session.called_off_why if off(session) else "\n".join(each for each in notes if each),
        status=Status.OFF if gone else Status.PERHAPS if waiting else Status.SURE,
        sequence=STEPS * (session.revision + booking.passed) + (2 if gone else int(placed)),
        changed_at=max(session.changed_at, booking.cancelled_at or booking.at),
    )


def own_entries(viewer: Viewer, *, now: datetime, session_id: uuid.UUID | None = None) -> list[Entry]:
    """The viewer's own places and turns, by day, and their ten minutes; what they cancelled is not among them. Three
    queries."""
    seen = Session.objects.visible_to(viewer).filter(
        starts_at__gt=now - BEHIND, starts_at__lt=now + AHEAD, **({"pk": session_id} if session_id else {})
    )
    rows = (
        Booking.objects.visible_to(viewer).live().filter(person=viewer.user_id, session__in=seen.values("pk"))
    )
    mine = list(
        rows.select_related("session__programme", "session__venue").order_by("session__starts_at", "pk")
    )
    queues = queues_of(
        [each.session for each in mine], Booking.objects.in_offer_of(viewer), today=timezone.localdate(now)
    )
    placed = [own_entry(each, queues[each.session_id].standing(each.pk)) for each in mine]
    talks = talks_in(viewer, {each.session_id for each in mine})
    return placed + [talk_entry(each, each.starts_at) for each in talks if each.starts_at]


def talk_entry(talk: Talk, starts_at: datetime) -> Entry:
    """Ten minutes that are agreed. A calendar is kept by others too: with whom they are stands on the session's page."""
    return Entry(
        uid=uid(talk.pk),
        title="Ten minutes with a colleague",
        starts_at=starts_at,
        ends_at=starts_at + TEN_MINUTES,
        where=where(talk.session),
        url=absolute(reverse("cpd:session", args=[talk.session_id])),
        notes="",
        status=Status.SURE,
        sequence=int(talk.at.timestamp()) // 60,
        changed_at=talk.at,
    )


def published_by(partnership_id: uuid.UUID) -> Organisation | None:
    """The partnership whose offer is asked for."""
    return Organisation.objects.filter(pk=partnership_id, kind=OrganisationKind.PARTNERSHIP).first()


def published_entries(partnership_id: uuid.UUID, *, now: datetime) -> list[Entry]:
    """Of what a partnership offers, what anybody may know: title, when, at which school, for whom. Never who, no room and
    no draft; a joint day stands for its workshops."""
    span = {"partnership": partnership_id}
    sessions = (
        Session.objects.filter(
            **span, starts_at__gt=now - BEHIND, starts_at__lt=now + AHEAD, day__isnull=True
        )
        .exclude(state=SessionState.DRAFT)
        .select_related("programme", "venue")
    )
    today = timezone.localdate(now)
    days = Day.objects.filter(
        **span, state=DayState.OFFERED, on__gt=today - BEHIND, on__lt=today + AHEAD
    ).select_related("venue")
    found = [*map(published_session, sessions), *map(published_day, days)]
    return sorted(found, key=lambda each: (each.starts_at, each.uid))


def published_session(session: Session) -> Entry:
    return Entry(
        uid=uid(session.pk),
        title=session.name,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        where=session.venue.name if session.venue else "Online",
        url=absolute(reverse("cpd:session", args=[session.pk])),
        notes=f"For: {session.programme.audience}",
        status=Status.OFF if off(session) else Status.SURE,
        sequence=session.revision,
        changed_at=session.changed_at,
    )


def published_day(day: Day) -> Entry:
    begins, ends = (on_day(day.on, each) for each in (day.begins, day.ends))
    return Entry(
        uid=uid(day.pk),
        title=day.title,
        starts_at=begins,
        ends_at=ends,
        where=day.venue.name if day.venue else "",
        url=absolute(reverse("cpd:day", args=[day.pk])),
        notes="",
        status=Status.SURE,
        sequence=int(day.changed_at.timestamp()) // 60,
        changed_at=day.changed_at,
    )


def own_feed(viewer: Viewer) -> Feed | None:
    return Feed.objects.visible_to(viewer).first()


def hashed(token: str) -> str:
    return Feed.hashed(token)


def feed_with(token: str) -> Feed | None:
    """The feed whose secret this is, whoever asks."""
    return Feed.objects.filter(token_hash=Feed.hashed(token)).first()


def partnerships_shown(viewer: Viewer) -> list[Organisation]:
    """The partnerships whose public calendars concern the viewer: those that offer something to them."""
    offered = Session.objects.visible_to(viewer).exclude(state=SessionState.DRAFT).values("partnership_id")
    return list(Organisation.objects.filter(pk__in=offered).by_name())


def invitation_to(address: str, *, method: Method, at: datetime) -> Invitation:
    """The platform writes to one person."""
    return Invitation(
        method=method,
        organizer=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        organizer_name=settings.PLATFORM_NAME,
        attendee=address,
        at=at,
    )

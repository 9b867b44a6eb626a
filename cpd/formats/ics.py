"""Calendar files (RFC 5545): sessions and one's own places, for feeds, downloads and mail. What is told is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone, vCalAddress

LONDON = ZoneInfo("Europe/London")
RULES = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
""".replace("\n", "\r\n")
"""Summer time as it has been since 1996, by its rule and not by a list of years that runs out."""


class Status(StrEnum):
    """How sure it is, as calendars show it."""

    SURE = "CONFIRMED"
    PERHAPS = "TENTATIVE"
    OFF = "CANCELLED"


class Method(StrEnum):
    """What a mail asks of the calendar (RFC 5546)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. Its uid is the same for ever; a higher sequence takes the place of a lower one."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    where: str
    url: str
    notes: str
    status: Status
    sequence: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """Between whom a mail speaks: the platform, and the one person it goes to. Nobody else is named."""

    method: Method
    organizer: str
    organizer_name: str
    attendee: str
    at: datetime


@cache
def zone() -> Component:
    return Timezone.from_ical(RULES)


def calendar_file(entries: Iterable[Entry], *, name: str) -> bytes:
    """A calendar to be subscribed to, or kept. The same entries make the same bytes."""
    made = begun()
    made.add("X-WR-CALNAME", name)
    made.add("REFRESH-INTERVAL", timedelta(hours=4), parameters={"VALUE": "DURATION"})
    made.add("X-PUBLISHED-TTL", "PT4H")
    for entry in entries:
        made.add_component(event_of(entry, stamp=entry.changed_at))
    return bytes(made.to_ical())


def invitation_file(entry: Entry, invitation: Invitation) -> bytes:
    """One event for a mail: it appears or moves (REQUEST), or vanishes (CANCEL)."""
    made = begun()
    made.add("METHOD", invitation.method.value)
    if invitation.method is Method.CANCEL:
        entry = replace(entry, status=Status.OFF)
    event = event_of(entry, stamp=invitation.at)
    organizer = vCalAddress(f"mailto:{invitation.organizer}")
    organizer.params["CN"] = invitation.organizer_name
    event.add("ORGANIZER", organizer)
    attendee = vCalAddress(f"mailto:{invitation.attendee}")
    attendee.params["PARTSTAT"] = "TENTATIVE" if entry.status is Status.PERHAPS else "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    event.add("ATTENDEE", attendee)
    made.add_component(event)
    return bytes(made.to_ical())


def begun() -> Calendar:
    made = Calendar()
    made.add("PRODID", "-//Partnership of schools//Professional development//EN")
    made.add("VERSION", "2.0")
    made.add("CALSCALE", "GREGORIAN")
    made.add_component(zone())
    return made


def event_of(entry: Entry, *, stamp: datetime) -> Event:
    event = Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", stamp.astimezone(UTC).replace(microsecond=0))
    event.add("LAST-MODIFIED", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("DTSTART", entry.starts_at.astimezone(LONDON))
    event.add("DTEND", entry.ends_at.astimezone(LONDON))
    event.add("SUMMARY", entry.title)
    event.add("STATUS", entry.status.value)
    event.add("TRANSP", "TRANSPARENT" if entry.status is Status.OFF else "OPAQUE")
    if entry.where:
        event.add("LOCATION", entry.where)
    if entry.notes:
        event.add("DESCRIPTION", entry.notes)
    if entry.url:
        event.add("URL", entry.url)
    return event

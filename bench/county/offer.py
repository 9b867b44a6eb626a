"""The CPD of a county in one school year: what has been, with its registers, and what can be booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle

from bench.county import plan
from bench.county.places import Dice, Places, School
from bench.county.sheet import Row, Sheet
from cpd.models import Attendance, Booking, Programme, Session

TITLES = (
    "Scaffolding, not rescuing",
    "Calm after break",
    "Talking in threes",
    "Reading aloud",
    "Sensory circuits",
)
DAYS = 290
"""From September to July."""


def lay_offer(dice: Dice, places: Places, *, year: int, now: datetime) -> dict[str, int]:
    """So many sessions for as many schools as there are, shared out over the county and its clusters."""
    number = max(len(places.partnerships) * 6, plan.SESSIONS * len(places.schools) // 350)
    programmes = [programme(dice, to, title) for to in places.partnerships for title in TITLES]
    Sheet(Programme).copy(programmes)
    sessions = list(lay_sessions(dice, places, programmes, number=number, year=year))
    bookings = list(lay_bookings(dice, places, sessions))
    Sheet(Session).copy(sessions)
    made = Sheet(Booking).copy(bookings)
    ends = {row["id"]: row["ends_at"] for row in sessions}
    Sheet(Attendance).copy(
        {
            "id": dice.uuid(), "session_id": row["session_id"], "partnership_id": row["partnership_id"],
            "person_id": row["person_id"], "organisation_id": row["organisation_id"], "by_id": places.coordinator,
            "came": "absent" if dice.random() < 0.08 else "present", "at": ends[row["session_id"]],
        }
        for row in bookings
        if ends[row["session_id"]] < now
    )  # fmt: skip
    return {"sessions": len(sessions), "bookings": made}


def programme(dice: Dice, partnership: str, title: str) -> Row:
    return {
        "id": dice.uuid(), "partnership_id": partnership, "title": title, "aims": "Begin, extend and repair.",
        "audience": "Teaching assistants", "mechanisms": "{model,rehearse}",
    }  # fmt: skip


def lay_sessions(
    dice: Dice, places: Places, programmes: list[Row], *, number: int, year: int
) -> Iterator[Row]:
    """Each on some day of the school year after lessons, at some school, with booking open from six weeks before."""
    first = date(year, 9, 7)
    for count, course in zip(range(number), cycle(programmes), strict=False):
        day = first + timedelta(days=count * DAYS // number)
        start = datetime.combine(day, time(15, 30), UTC)
        yield {
            "id": dice.uuid(), "programme_id": course["id"], "partnership_id": course["partnership_id"],
            "starts_at": start, "ends_at": start + timedelta(minutes=75), "venue_id": dice.choice(places.schools).id,
            "capacity": plan.ATTENDED - 3, "opens_at": start - timedelta(days=42), "closes_at": start - timedelta(hours=4),
            "state": "offered", "last_number": plan.ATTENDED,
        }  # fmt: skip


def lay_bookings(dice: Dice, places: Places, sessions: list[Row]) -> Iterator[Row]:
    """As many as come to each, of the schools it is offered to; the last of them wait."""
    by_partnership: dict[str, list[School]] = {places.partnerships[0]: places.schools}
    for school in places.schools:
        by_partnership.setdefault(school.cluster, []).append(school)
    for session in sessions:
        people = [
            (who, school) for school in by_partnership[session["partnership_id"]] for who in school.assistants
        ]
        chosen = dice.sample(people, min(plan.ATTENDED, len(people)))
        for number, (who, school) in enumerate(chosen, 1):
            yield {
                "id": dice.uuid(), "session_id": session["id"], "partnership_id": session["partnership_id"],
                "person_id": who, "organisation_id": school.id, "number": number, "by_id": who,
                "at": session["opens_at"] + timedelta(hours=number),
            }  # fmt: skip

"""When a partnership's schools are open, for whoever plans: half-terms, and what speaks against a day."""

from __future__ import annotations

import uuid
from datetime import date

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import BeyondCalendar, HalfTermSpan, SchoolCalendar, day_words
from schools.models import BankHoliday, Closure, Membership, Organisation
from schools.queries.calendars import calendars_for


def calendar_at(partnership_id: uuid.UUID, venue_id: uuid.UUID | None, *, today: date) -> SchoolCalendar:
    """That of the place; else the partnership's own, or of the first of its schools that has one."""
    members = Membership.objects.current(on=today).filter(partnership=partnership_id)
    schools = members.order_by("organisation__name_key").values_list("organisation_id", flat=True)
    asked = [*filter(None, (venue_id, partnership_id)), *schools]
    calendars = calendars_for(asked)
    return next((calendars[pk] for pk in asked if calendars[pk].half_terms), calendars[partnership_id])


def terms_kept(viewer: Viewer, *, today: date) -> tuple[HalfTermSpan, ...]:
    """The half-terms by which this coordinator plans: those of their first partnership that has any."""
    kept = Organisation.objects.filter(pk__in=viewer.reach(Permission.COORDINATE), kind="partnership")
    for partnership_id in kept.by_name().values_list("pk", flat=True):
        if spans := calendar_at(partnership_id, None, today=today).half_terms:
            return tuple(spans)
    return ()


def against(day: date, calendar: SchoolCalendar, *, venue_id: uuid.UUID | None = None) -> str:
    """Why nobody would meet on that day, as a sentence; '' where nothing is known against it."""
    if day in calendar.bank_holidays:
        title = BankHoliday.objects.filter(on=day).values_list("title", flat=True).first()
        return f"{day_words(day)} is a bank holiday ({title})."
    try:
        if calendar.half_term_at(day) is None:
            return f"{day_words(day)} is outside term."
    except BeyondCalendar:
        return ""
    closed = Closure.objects.filter(organisation=venue_id, on=day).select_related("organisation").first()
    return f"{day_words(day)}: {closed.organisation.name} is closed ({closed.reason})." if closed else ""

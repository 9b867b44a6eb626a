"""Dates in law for children with an EHC plan, as they come up at the schools they leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from partnership.access.viewer import Viewer
from partnership.lib.dates import BeyondCalendar
from schools.enums import SenProvision
from schools.queries.calendars import calendars_for
from schools.queries.duties import DutyFacts, NoSuchDuty, duties_for
from transitions.enums import Boundary
from transitions.models import Transition
from transitions.queries.boards import schools_of
from transitions.queries.progress import kept_by
from transitions.queries.standing import Standing


@dataclass(frozen=True, slots=True)
class LegalDay:
    """A date in law for children with an EHC plan, shown on the last school day on which it can be kept (practice P17)."""

    duty: DutyFacts
    day: date
    shown_on: date
    children: int
    boundary: str


def legal_days(viewer: Viewer, everyone: Iterable[Standing], *, today: date, until: date) -> list[LegalDay]:
    """For the schools these children leave: the plan's date and the latest safe meeting before it, as they come up."""
    here = schools_of(viewer)
    plans = [
        each.transition
        for each in everyone
        if each.transition.school_id in here
        and each.transition.pupil.sen_provision == SenProvision.EHC_PLAN
        and each.transition.boundary != Boundary.IN_YEAR
        and each.transition.moves_on > today
    ]
    if not plans:
        return []
    schools = {move.school_id for move in plans}
    duties, calendars = duties_for(schools, on=today), calendars_for(schools)
    found: dict[tuple[str, date, date], list[tuple[DutyFacts, Transition]]] = defaultdict(list)
    for move in plans:
        calendar = calendars[move.school_id]
        code = "post16_amended_by" if move.boundary == Boundary.SECONDARY_POST16 else "ehc_amended_by"
        try:
            final = duties.of(code, move.school_id)
            meeting = duties.of("latest_safe_meeting", move.school_id)
            last = final.last_before(move.moves_on)
            days = [(final, last), (meeting, meeting.before(last, calendar))]
        except (BeyondCalendar, NoSuchDuty, ValueError):
            continue
        for duty, day in days:
            shown_on = kept_by(day, calendar)
            if today <= shown_on <= until:
                found[duty.code, day, shown_on].append((duty, move))
    return [
        LegalDay(
            duty=moves[0][0],
            day=day,
            shown_on=shown_on,
            children=len(moves),
            boundary=str(moves[0][1].get_boundary_display()),
        )
        for (_, day, shown_on), moves in sorted(found.items(), key=lambda each: each[0][2])
    ]

"""School calendars: a school's own half-terms before its LA's, closures of both, and England's bank holidays."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import UUIDField, Value

from partnership.access.viewer import Viewer
from partnership.lib.dates import HalfTermSpan, SchoolCalendar
from schools.enums import HalfTermNumber
from schools.models import BankHoliday, Closure, HalfTerm, Organisation
from schools.queries.remembered import Remembered
from schools.rules import WIDENED

Calendars = dict[uuid.UUID, SchoolCalendar]
"""One calendar per organisation asked for; those with nothing of their own share their area's, which is laid out once.
One without half-terms raises BeyondCalendar when it is asked anything."""
Terms = dict[tuple[int, int], HalfTermSpan]
Place = tuple[uuid.UUID, uuid.UUID | None]
"""An organisation and the area in which it lies."""
CALENDARS: Remembered[Place, SchoolCalendar] = Remembered(HalfTerm, Closure, BankHoliday)
HOLIDAYS: Remembered[str, frozenset[date]] = Remembered(BankHoliday)


def calendar_for(organisation_id: uuid.UUID) -> SchoolCalendar:
    """The calendar of one organisation; it raises BeyondCalendar past the half-terms entered, and never guesses."""
    return calendars_for([organisation_id])[organisation_id]


def calendars_for(
    organisation_ids: Iterable[uuid.UUID], *, areas: Mapping[uuid.UUID, uuid.UUID | None] | None = None
) -> Calendars:
    """The calendars of many, in two queries however many they are; in one where the caller knows their areas, and in
    none where they are remembered."""
    ids = set(organisation_ids)
    if not ids:
        return {}
    if areas is None:
        areas = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "local_authority_id"))
    made = CALENDARS.of(((each, areas.get(each)) for each in ids), laid)
    return {organisation_id: calendar for (organisation_id, _), calendar in made.items()}


def calendar_of(viewer: Viewer) -> SchoolCalendar | None:
    """That of the first of the viewer's posts whose place has half-terms; for who works for a partnership that has none
    of its own, that of one of its schools. None where nobody entered any."""
    own = [post.organisation_id for post in viewer.posts]
    held = sorted({each for permission in WIDENED for each in viewer.reach(permission)})
    for ids in (own, held):
        calendars = calendars_for(ids)
        found = next((calendars[pk] for pk in ids if calendars[pk].half_terms), None)
        if found:
            return found
    return None


def laid(asked: set[Place], known: Mapping[Place, SchoolCalendar]) -> dict[Place, SchoolCalendar]:
    """The calendars of these in one query; an area's own is laid with them, for the schools that come later."""
    terms, closures, holidays = days_of({each for place in asked for each in place if each})
    made: dict[Place, SchoolCalendar] = {}
    for organisation_id, area in asked:
        if area and organisation_id not in terms and organisation_id not in closures:
            shared = known.get((area, None)) or made.get((area, None))
            if shared is None:
                shared = made_of(terms.get(area, {}), {}, closures.get(area, set()), holidays)
            made[organisation_id, area] = made[area, None] = shared
        else:
            default, days = terms.get(area, {}) if area else {}, closures.get(area, set()) if area else set()
            own, own_days = terms.get(organisation_id, {}), closures.get(organisation_id, set())
            made[organisation_id, area] = made_of(own, default, own_days | days, holidays)
    return made


def made_of(own: Terms, default: Terms, closures: set[date], holidays: frozenset[date]) -> SchoolCalendar:
    return SchoolCalendar(
        half_terms=laid_out(
            own=list(own.values()),
            default=[span for key, span in default.items() if key not in own],
        ),
        closures=frozenset(closures),
        bank_holidays=holidays,
    )


def days_of(
    sources: set[uuid.UUID],
) -> tuple[dict[uuid.UUID, Terms], dict[uuid.UUID, set[date]], frozenset[date]]:
    """Half-terms and closures by organisation, and the bank holidays, in one query."""
    none, nobody = Value(0), Value(None, output_field=UUIDField())
    rows = (
        HalfTerm.objects.filter(organisation__in=sources)
        .values_list("organisation_id", "year_id", "number", "starts_on", "ends_on")
        .union(
            Closure.objects.filter(organisation__in=sources).values_list(
                "organisation_id", none, none, "on", "on"
            ),
            BankHoliday.objects.values_list(nobody, none, none, "on", "on"),
            all=True,
        )
    )
    terms: dict[uuid.UUID, Terms] = defaultdict(dict)
    closures: dict[uuid.UUID, set[date]] = defaultdict(set)
    holidays: set[date] = set()
    for organisation_id, year, number, starts_on, ends_on in rows:
        if organisation_id is None:
            holidays.add(starts_on)
        elif number:
            name = str(HalfTermNumber(number).label)
            terms[organisation_id][year, number] = HalfTermSpan(
                starts_on=starts_on, ends_on=ends_on, name=name
            )
        else:
            closures[organisation_id].add(starts_on)
    return dict(terms), dict(closures), frozenset(holidays)


def bank_holidays() -> frozenset[date]:
    """Every bank holiday entered for England."""
    return HOLIDAYS.of(["England"], lambda places, known: dict.fromkeys(places, holidays_entered()))[
        "England"
    ]


def holidays_entered() -> frozenset[date]:
    return frozenset(BankHoliday.objects.values_list("on", flat=True))


def laid_out(*, own: list[HalfTermSpan], default: list[HalfTermSpan]) -> tuple[HalfTermSpan, ...]:
    """The spans side by side: where two claim the same day the school's own has it, and the other gives way.

    A school that sets one half-term longer thus shortens the LA's next one instead of breaking every page."""
    spans: list[HalfTermSpan] = []
    for span in [*sorted(own), *sorted(default)]:
        starts_on, ends_on = span.starts_on, span.ends_on
        for taken in spans:
            if starts_on in taken:
                starts_on = taken.ends_on + timedelta(days=1)
            if ends_on in taken or starts_on < taken.starts_on <= ends_on:
                ends_on = taken.starts_on - timedelta(days=1)
        if starts_on <= ends_on:
            spans.append(HalfTermSpan(starts_on=starts_on, ends_on=ends_on, name=span.name))
    return tuple(sorted(spans))

"""School calendars: a school's own half-terms before its LA's, closures of both, and England's bank holidays."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from partnership.lib.dates import HalfTermSpan, SchoolCalendar
from schools.models import BankHoliday, Closure, HalfTerm, Organisation

Calendars = dict[uuid.UUID, SchoolCalendar]
"""One calendar per organisation asked for. One without half-terms raises BeyondCalendar when it is asked anything."""


def calendar_for(organisation_id: uuid.UUID) -> SchoolCalendar:
    """The calendar of one organisation; it raises BeyondCalendar past the half-terms entered, and never guesses."""
    return calendars_for([organisation_id])[organisation_id]


def calendars_for(organisation_ids: Iterable[uuid.UUID]) -> Calendars:
    """The calendars of many, in four queries however many they are."""
    ids = set(organisation_ids)
    if not ids:
        return {}
    areas = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "local_authority_id"))
    sources = ids | {area for area in areas.values() if area}
    terms: dict[uuid.UUID, dict[tuple[int, int], HalfTerm]] = defaultdict(dict)
    for term in HalfTerm.objects.filter(organisation__in=sources):
        terms[term.organisation_id][term.year_id, term.number] = term
    closures: dict[uuid.UUID, set[date]] = defaultdict(set)
    for organisation_id, on in Closure.objects.filter(organisation__in=sources).values_list(
        "organisation_id", "on"
    ):
        closures[organisation_id].add(on)
    holidays = bank_holidays()
    made: Calendars = {}
    for organisation_id in ids:
        area = areas.get(organisation_id)
        own, default = terms[organisation_id], terms[area] if area else {}
        made[organisation_id] = SchoolCalendar(
            half_terms=laid_out(
                own=[span_of(term) for term in own.values()],
                default=[span_of(term) for key, term in default.items() if key not in own],
            ),
            closures=frozenset(closures[organisation_id] | (closures[area] if area else set())),
            bank_holidays=holidays,
        )
    return made


def bank_holidays() -> frozenset[date]:
    """Every bank holiday entered for England."""
    return frozenset(BankHoliday.objects.values_list("on", flat=True))


def span_of(term: HalfTerm) -> HalfTermSpan:
    return HalfTermSpan(starts_on=term.starts_on, ends_on=term.ends_on, name=str(term.get_number_display()))


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

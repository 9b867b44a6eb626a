"""Duties: periods and dates as data, the partnership's own row before the default (practice P17)."""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from partnership.lib.dates import LONGEST_HOLIDAY, MONTHS, BeyondCalendar, SchoolCalendar
from schools.enums import BY_THE_CLOCK, DutyKind, OrganisationKind, PeriodUnit
from schools.models import Duty, Membership
from schools.queries.remembered import Remembered


class NoSuchDuty(LookupError):
    """No row in force has this code: the period would be a guess."""


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """One duty in force: its period or its day, who owns it and what stands behind it."""

    code: str
    title: str
    kind: str
    amount: int | None
    unit: str
    month: int | None
    day: int | None
    owner_role: str
    source: str
    partnership_id: uuid.UUID | None = None

    @property
    def kind_label(self) -> str:
        return str(DutyKind(self.kind).label)

    @property
    def words(self) -> str:
        """ "5 school days", or "15 May"."""
        if self.unit == PeriodUnit.DAY_OF_YEAR:
            return f"{self.day} {MONTHS[(self.month or 1) - 1]}"
        unit = str(PeriodUnit(self.unit).label)
        return f"{self.amount} {unit.removesuffix('s') if self.amount == 1 else unit}"

    @property
    def span(self) -> timedelta:
        """The period by the clock, for what is kept; raises ValueError where only a calendar could tell."""
        if self.unit in BY_THE_CLOCK:
            return timedelta(**{self.unit: self.amount or 0})
        raise ValueError(f"{self.code} is no period by the clock.")

    def last_before(self, limit: date) -> date:
        """For a day of the year: the last one that comes before the limit. The 29th of February gives way to the 28th."""
        if self.unit != PeriodUnit.DAY_OF_YEAR or not self.month or not self.day:
            raise ValueError(f"{self.code} is a period, not a day of the year.")
        for year in (limit.year, limit.year - 1):
            found = date(year, self.month, min(self.day, monthrange(year, self.month)[1]))
            if found < limit:
                return found
        raise ValueError(f"No {self.words} comes before {limit}.")

    def after(self, start: date, calendar: SchoolCalendar) -> date:
        """The last day of the period that begins with `start`; raises BeyondCalendar where the terms are not known."""
        amount = self.amount or 0
        if self.unit == PeriodUnit.SCHOOL_DAYS:
            return calendar.add_school_days(start, amount)
        if self.unit == PeriodUnit.DAYS:
            return start + timedelta(days=amount)
        if self.unit == PeriodUnit.WEEKS:
            return start + timedelta(weeks=amount)
        if self.unit == PeriodUnit.HOURS:
            return start + timedelta(hours=amount)
        if self.unit == PeriodUnit.HALF_TERMS:
            return self._half_terms_after(start, calendar)
        raise ValueError(f"{self.code} is a day of the year, not a period.")

    def before(self, limit: date, calendar: SchoolCalendar) -> date:
        """The day this period before the limit: one school day before a conversation, twelve weeks before a date in law."""
        amount = self.amount or 0
        if self.unit == PeriodUnit.SCHOOL_DAYS:
            return calendar.add_school_days(limit, -amount)
        if self.unit == PeriodUnit.WEEKS:
            return limit - timedelta(weeks=amount)
        if self.unit == PeriodUnit.DAYS:
            return limit - timedelta(days=amount)
        raise ValueError(f"{self.code} does not count backwards.")

    def _half_terms_after(self, start: date, calendar: SchoolCalendar) -> date:
        """The end of the first half-term (or the nth) that has not run for more than a week when the child comes."""
        early = start - timedelta(days=7)
        spans = [span for span in calendar.half_terms if span.starts_on >= early]
        number = max(self.amount or 1, 1)
        if len(spans) < number or spans[0].starts_on > start + LONGEST_HOLIDAY:
            raise BeyondCalendar(f"No half-term around {start} has been entered.")
        return spans[number - 1].ends_on


ByCode = dict[str, DutyFacts]
IN_FORCE: Remembered[date, tuple[ByCode, dict[uuid.UUID, ByCode]]] = Remembered(Duty)


@dataclass(frozen=True, slots=True)
class DutyBook:
    """The duties in force on one day for several organisations, read once. Asking it costs nothing."""

    defaults: Mapping[str, DutyFacts]
    own: Mapping[uuid.UUID, Mapping[str, DutyFacts]] = field(default_factory=dict)
    """By partnership."""
    partnerships: Mapping[uuid.UUID, tuple[uuid.UUID, ...]] = field(default_factory=dict)
    """By organisation: its partnerships, the nearest first."""

    def of(self, code: str, organisation_id: uuid.UUID | None = None) -> DutyFacts:
        """The row that holds for the organisation; raises NoSuchDuty when there is none."""
        for partnership_id in self.partnerships.get(organisation_id, ()) if organisation_id else ():
            if found := self.own.get(partnership_id, {}).get(code):
                return found
        try:
            return self.defaults[code]
        except KeyError:
            raise NoSuchDuty(f"No duty “{code}” is in force: enter it in the admin, under Duties.") from None


def duty(code: str, *, on: date, organisation_id: uuid.UUID | None = None) -> DutyFacts:
    """One duty as it holds on a day for an organisation: its cluster's row, else its county's, else the default."""
    return duties_for([organisation_id] if organisation_id else [], on=on).of(code, organisation_id)


def duties_for(organisation_ids: Iterable[uuid.UUID], *, on: date) -> DutyBook:
    """The duties of many organisations, in one query however many they are; in two where a partnership has its own, and
    in none where they are remembered."""
    defaults, own = IN_FORCE.of([on], lambda days, known: {day: in_force(on=day) for day in days})[on]
    return DutyBook(defaults, own, partnerships_of(set(organisation_ids), on=on) if own else {})


def in_force(*, on: date) -> tuple[ByCode, dict[uuid.UUID, ByCode]]:
    """The rows of a day: those for everybody, and those of each partnership."""
    defaults: ByCode = {}
    own: dict[uuid.UUID, ByCode] = defaultdict(dict)
    for row in Duty.objects.in_force(on=on).order_by("effective_from"):
        facts = facts_of(row)
        if row.partnership_id:
            own[row.partnership_id][row.code] = facts
        else:
            defaults[row.code] = facts
    return defaults, dict(own)


def partnerships_of(ids: set[uuid.UUID], *, on: date) -> dict[uuid.UUID, tuple[uuid.UUID, ...]]:
    """For each organisation its partnerships, nearest first: itself, its clusters, then the counties around them."""
    if not ids:
        return {}
    direct: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    around: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    current = Membership.objects.current(on=on).filter(
        Q(organisation__in=ids) | Q(organisation__kind=OrganisationKind.PARTNERSHIP)
    )
    rows = current.order_by("partnership__is_county", "partnership__name_key", "pk")
    for member, partnership, kind in rows.values_list(
        "organisation_id", "partnership_id", "organisation__kind"
    ):
        if member in ids:
            direct[member].append(partnership)
        if kind == OrganisationKind.PARTNERSHIP:
            around[member].append(partnership)
    found: dict[uuid.UUID, tuple[uuid.UUID, ...]] = {}
    for each in ids:
        chain = [
            each,
            *direct[each],
            *(county for cluster in direct[each] for county in around.get(cluster, [])),
        ]
        found[each] = tuple(dict.fromkeys(chain))
    return found


def facts_of(row: Duty) -> DutyFacts:
    return DutyFacts(
        code=row.code,
        title=row.title,
        kind=row.kind,
        amount=row.amount,
        unit=row.unit,
        month=row.month,
        day=row.day,
        owner_role=row.owner_role,
        source=row.source,
        partnership_id=row.partnership_id,
    )

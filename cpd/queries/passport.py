"""A person's own record across schools and years: what we saw them at, and what they entered."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from cpd.enums import Came
from cpd.models import PassportEntry
from cpd.queries.attended import Attended, attended_by
from cpd.rules.codes import spaced
from cpd.rules.hours import hours_of, hours_words
from partnership.access.viewer import Viewer
from partnership.lib.dates import academic_year_of, academic_year_words


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a passport, ours or the person's own."""

    on: date
    title: str
    provider: str
    kind: str
    hours: float
    school: str = ""
    came: str = ""
    code: str = ""
    session_id: uuid.UUID | None = None
    entry_id: uuid.UUID | None = None
    entered_by: str = ""
    wrong: bool = False

    @property
    def ours(self) -> bool:
        return self.session_id is not None

    @property
    def hours_words(self) -> str:
        return hours_words(self.hours)

    @property
    def wrong_words(self) -> str:
        return "This is wrong" if self.wrong else ""

    @property
    def spaced_code(self) -> str:
        return spaced(self.code)


@dataclass(frozen=True, slots=True)
class Year:
    """A school year of a passport."""

    name: str
    items: Sequence[Item]

    @property
    def hours_words(self) -> str:
        return hours_words(sum(item.hours for item in self.items))


@dataclass(frozen=True, slots=True)
class Passport:
    """All that stands in somebody's own record."""

    attended: Sequence[Attended]
    entries: Sequence[PassportEntry]

    @property
    def items(self) -> list[Item]:
        """Line by line, the latest first."""
        found = [*map(item_of_session, self.attended), *map(item_of_entry, self.entries)]
        return sorted(found, key=lambda item: (item.on, item.title), reverse=True)

    def last(self, code: str, *, now: datetime) -> date | None:
        """The last day of this statutory training; what its person calls wrong counts for nothing."""
        days = [each.on for each in self.entries if each.counts_for == code and each.wrong_at is None]
        over = (each for each in self.attended if each.session.ends_at <= now)
        days += [each.ended_on for each in over if each.session.programme.counts_for == code]
        return max(days, default=None)


def passport_of(viewer: Viewer) -> Passport:
    """The viewer's own, in three queries."""
    return Passport(
        attended_by(viewer), list(PassportEntry.objects.visible_to(viewer).select_related("school"))
    )


WORDS = {Came.LATE.value: "Came late", Came.LEFT_EARLY.value: "Left early"}


def item_of_session(each: Attended) -> Item:
    session = each.session
    return Item(
        on=timezone.localdate(session.starts_at),
        title=session.name,
        provider=session.partnership.name,
        kind="Session of the partnership",
        hours=hours_of(session.starts_at, session.ends_at),
        school=each.school,
        came=WORDS.get(each.came, ""),
        code=each.code,
        session_id=session.pk,
    )


def item_of_entry(entry: PassportEntry) -> Item:
    return Item(
        on=entry.on,
        title=entry.title,
        provider=entry.provider,
        kind=entry.get_kind_display(),
        hours=0 if entry.wrong_at else float(entry.hours),
        entry_id=entry.pk,
        entered_by=entry.school.name if entry.school else "",
        wrong=entry.wrong_at is not None,
    )


def by_year(items: Sequence[Item]) -> list[Year]:
    years: dict[int, list[Item]] = {}
    for item in items:
        years.setdefault(academic_year_of(item.on), []).append(item)
    return [Year(academic_year_words(year), found) for year, found in sorted(years.items(), reverse=True)]


def find_entry(viewer: Viewer, entry_id: uuid.UUID) -> PassportEntry | None:
    """One that the viewer entered."""
    return PassportEntry.objects.visible_to(viewer).filter(pk=entry_id, school=None).first()


def entered_for(viewer: Viewer, entry_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PassportEntry]:
    """Those of these that a school entered for the viewer."""
    rows = PassportEntry.objects.visible_to(viewer).filter(pk__in=entry_ids, school__isnull=False)
    return {each.pk: each for each in rows.select_related("school")}


def find_entered_for(viewer: Viewer, entry_id: uuid.UUID) -> PassportEntry | None:
    """One that a school entered for the viewer."""
    return entered_for(viewer, [entry_id]).get(entry_id)

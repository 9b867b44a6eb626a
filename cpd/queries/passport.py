"""A person's own record across schools and years: what we saw them at, and what they entered."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cpd.models import Attendance, Certificate, PassportEntry, Session
from cpd.rules.codes import spaced
from cpd.rules.hours import hours_of, hours_words
from partnership.access import rls
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


def items_of(viewer: Viewer) -> list[Item]:
    """Everything, the latest first."""
    return sorted([*ours(viewer), *own(viewer)], key=lambda item: (item.on, item.title), reverse=True)


def ours(viewer: Viewer) -> list[Item]:
    """Sessions of any partnership in whose room the viewer was, also of one they have left."""
    rows = list(Attendance.objects.in_the_room().filter(person=viewer.user_id).select_related("organisation"))
    sessions = sessions_by_id({row.session_id for row in rows})
    codes = dict(Certificate.objects.visible_to(viewer).values_list("attendance_id", "code"))
    found = []
    for row in rows:
        session = sessions[row.session_id]
        words = {"late": "Came late", "left_early": "Left early"}
        found.append(
            Item(
                on=timezone.localdate(session.starts_at),
                title=session.name,
                provider=session.partnership.name,
                kind="Session of the partnership",
                hours=hours_of(session.starts_at, session.ends_at),
                school=row.organisation.name,
                came=words.get(row.came, ""),
                code=codes.get(row.pk, ""),
                session_id=session.pk,
            )
        )
    return found


def sessions_by_id(ids: set[uuid.UUID]) -> dict[uuid.UUID, Session]:
    with rls.widened(attended=rls.uuid_array(ids)):
        rows = Session.objects.filter(pk__in=ids).select_related("programme", "partnership")
        return {each.pk: each for each in rows}


def own(viewer: Viewer) -> list[Item]:
    return [
        Item(
            on=entry.on,
            title=entry.title,
            provider=entry.provider,
            kind=entry.get_kind_display(),
            hours=0 if entry.wrong_at else float(entry.hours),
            entry_id=entry.pk,
            entered_by=entry.school.name if entry.school else "",
            wrong=entry.wrong_at is not None,
        )
        for entry in PassportEntry.objects.visible_to(viewer).select_related("school")
    ]


def by_year(items: Sequence[Item]) -> list[Year]:
    years: dict[int, list[Item]] = {}
    for item in items:
        years.setdefault(academic_year_of(item.on), []).append(item)
    return [Year(academic_year_words(year), found) for year, found in sorted(years.items(), reverse=True)]


def find_entry(viewer: Viewer, entry_id: uuid.UUID) -> PassportEntry | None:
    """One that the viewer entered."""
    return PassportEntry.objects.visible_to(viewer).filter(pk=entry_id, school=None).first()


def find_entered_for(viewer: Viewer, entry_id: uuid.UUID) -> PassportEntry | None:
    """One that a school entered for the viewer."""
    rows = PassportEntry.objects.visible_to(viewer).filter(school__isnull=False)
    return rows.select_related("school").filter(pk=entry_id).first()

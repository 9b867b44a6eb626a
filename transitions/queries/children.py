"""One child's move, and everything about it that this viewer may read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import ClassGroup, ClassPlace
from transitions.enums import SectionKind
from transitions.models import Handover, Section, Transition, Version
from transitions.queries.standing import moves_visible_to
from transitions.rules import SECTIONS, is_answered, sections_of, teaches
from transitions.rules.sections import NEVER_SENT, READERS_STAFF, SectionSpec


def find_move(viewer: Viewer, pk: uuid.UUID) -> Transition | None:
    """A move whose child the viewer may see by name, with its schools, child and handover, and by whom that was begun."""
    rows = moves_visible_to(viewer).filter(pk=pk).annotate(begun_by=F("handover__begun_by__name"))
    return next(iter(rows), None)


def handover_of(move: Transition) -> Handover | None:
    """The move's handover, where there is one and the viewer's reach shows it."""
    return getattr(move, "handover", None)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section as a page shows it. `state` is empty, written, nothing, prefilled or withheld."""

    kind: str
    label: str
    text: str
    parts: tuple[tuple[str, str], ...]
    state: str
    readers: str
    staff_only: bool
    changed: bool = False
    updated_at: datetime | None = None
    updated_by: str = ""


def working_sections(viewer: Viewer, handover: Handover) -> list[Section]:
    """The sections as they are being written, in reading order: for the sending side alone."""
    rows = Section.objects.visible_to(viewer).filter(handover=handover).annotate(writer=F("updated_by__name"))
    by_kind = {row.kind: row for row in rows}
    return [by_kind[kind] for kind in sections_of(handover.kind) if kind in by_kind]


def find_section(viewer: Viewer, handover: Handover, kind: str) -> Section | None:
    """One section being written."""
    return (
        Section.objects.visible_to(viewer)
        .filter(handover=handover, kind=kind)
        .annotate(writer=F("updated_by__name"))
        .first()
    )


def latest_version(viewer: Viewer, handover: Handover) -> Version | None:
    """What was last sent, if the viewer may read it."""
    rows = Version.objects.visible_to(viewer).filter(handover=handover)
    return rows.select_related("shared_by", "reader").order_by("-number").first()


def last_two(viewer: Viewer, handover: Handover) -> tuple[Version | None, Version | None]:
    """What was last sent, and what went before it to the same reader, as far as the viewer may read them."""
    rows = Version.objects.visible_to(viewer).filter(handover=handover).annotate(sender=F("shared_by__name"))
    found = list(rows.order_by("-number")[:2])
    last = found[0] if found else None
    before = found[1] if len(found) == 2 and found[1].reader_id == found[0].reader_id else None
    return last, before


def shown_working(sections: Iterable[Section]) -> list[ShownSection]:
    """Sections being written, as shown to those who write them."""
    return [
        shown(
            section.kind,
            section.text,
            section.facts,
            nothing=section.nothing,
            prefilled=section.prefilled,
            withheld=section.withheld,
            updated_at=section.updated_at,
            updated_by=section.writer or "",  # type: ignore[attr-defined]  # annotated by the queries and by saving
        )
        for section in sections
    ]


def shown_version(version: Version) -> list[ShownSection]:
    """What was sent, as its reader sees it."""
    return [
        shown(
            row["kind"],
            row.get("text", ""),
            row.get("facts", {}),
            nothing=row.get("nothing", False),
            prefilled=False,
            withheld=row.get("withheld", False),
        )
        for row in version.body
    ]


def changed_kinds(new: Iterable[Mapping[str, Any]], old: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The sections whose text differs between two bodies."""
    before = {row["kind"]: row for row in old}
    return frozenset(row["kind"] for row in new if before.get(row["kind"]) != row)


def marked(sections: list[ShownSection], changed: frozenset[str]) -> list[ShownSection]:
    """The same sections, those that changed marked as such."""
    return [replace(section, changed=section.kind in changed) for section in sections]


def shown(
    kind: str,
    text: str,
    facts: Mapping[str, Any],
    *,
    nothing: bool,
    prefilled: bool,
    withheld: bool = False,
    updated_at: datetime | None = None,
    updated_by: str = "",
) -> ShownSection:
    spec = SECTIONS[kind]
    answered = is_answered(text=text, facts=facts, nothing=nothing, prefilled=prefilled)
    state = (
        "nothing"
        if nothing and answered
        else "written"
        if answered
        else "prefilled"
        if prefilled
        else "empty"
    )
    return ShownSection(
        kind=kind,
        label=str(SectionKind(kind).label),
        text=text,
        parts=parts_of(spec, facts),
        state="withheld" if withheld else state,
        readers=spec.readers,
        staff_only=spec.readers == READERS_STAFF,
        updated_at=updated_at,
        updated_by=updated_by,
    )


def parts_of(spec: SectionSpec, facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The filled parts with their labels, choices and days in words."""
    found = []
    for part in spec.parts:
        value = str(facts.get(part.name) or "")
        if not value:
            continue
        if part.choices:
            value = str(dict(part.choices).get(value, value))
        elif part.day:
            value = day_in_words(value)
        label = f"{part.label} (stays here)" if part.name in NEVER_SENT else part.label
        found.append((label, value))
    return tuple(found)


def day_in_words(value: str) -> str:
    """'20 November 2026' for an ISO date; anything else stays as written."""
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{parsed.day} {parsed:%B %Y}"


def reads_content(viewer: Viewer, move: Transition) -> bool:
    """Whether any content of this move is the viewer's to read, at either side."""
    return (
        viewer.may(Permission.READ_HANDOVERS, move.school_id)
        or viewer.may(Permission.READ_HANDOVERS, move.seen_by)
        or teaches(viewer, move, move.school_id)
        or teaches(viewer, move, move.seen_by)
    )


def classes_at(viewer: Viewer, school_id: uuid.UUID) -> list[ClassGroup]:
    """The classes of a school at which the viewer may put a child into one."""
    if not viewer.may(Permission.ALLOT_CLASSES, school_id):
        return []
    return list(ClassGroup.objects.filter(school=school_id).order_by("year_group", "name"))


@dataclass(frozen=True, slots=True)
class Classes:
    """The child's class at each side the viewer stands on, '' for none known, and those the viewer may choose from."""

    now: str
    following: str
    choices: list[ClassGroup]


def classes_of(viewer: Viewer, move: Transition, *, allots: bool) -> Classes:
    """What a child's page says of classes, in one query."""
    sides = {move.school_id, move.seen_by} & (
        viewer.reach(Permission.SEE_PUPILS) | viewer.reach(Permission.TEACH)
    )
    choosing = move.seen_by if allots and viewer.may(Permission.ALLOT_CLASSES, move.seen_by) else None
    place = ClassPlace.objects.filter(class_group=OuterRef("pk"), pupil=move.pupil_id)
    rows = ClassGroup.objects.annotate(theirs=Exists(place)).filter(
        Q(theirs=True, school__in=sides) | Q(school=choosing)
    )
    groups = list(rows.order_by("year_group", "name"))
    theirs = {group.school_id: group.name for group in groups if group.theirs}
    return Classes(
        now=theirs.get(move.school_id, ""),
        following=theirs.get(move.seen_by, ""),
        choices=[group for group in groups if group.school_id == choosing],
    )

"""The grid of a class, or of the children who are in none: each leaving child with the four short notes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import ClassGroup, Organisation
from transitions.enums import HandoverKind
from transitions.models import Handover, Section, Transition
from transitions.queries.children import handover_of
from transitions.queries.prefill import prefill
from transitions.queries.standing import CLASSLESS
from transitions.rules import CLASS_SECTIONS


@dataclass(frozen=True, slots=True)
class Row:
    """One child of the grid. `version` adds up the versions of the four notes: it grows with every save."""

    move: Transition
    handover: Handover | None
    texts: dict[str, str]
    version: int
    is_send: bool
    saved_at: datetime | None = None

    @property
    def written(self) -> bool:
        return self.version > len(CLASS_SECTIONS)


@dataclass(frozen=True, slots=True)
class Grid:
    """A class with leaving children; or, under the school's own id and without a name, its leaving children in no class."""

    pk: uuid.UUID
    school: Organisation
    name: str = ""

    @property
    def title(self) -> str:
        return f"Class {self.name}" if self.name else "Without a class"


def grids_written_by(viewer: Viewer, *, today: date) -> list[Grid]:
    """The grids the viewer may fill, by school and name: a class teacher's are those of the classes."""
    leads = viewer.reach(Permission.WRITE_HANDOVERS)
    mine = Q(teachers__in=[post.id for post in viewer.posts], school__in=viewer.reach(Permission.TEACH))
    rows = ClassGroup.objects.filter(
        mine | Q(school__in=leads), places__pupil__transitions__school=F("school")
    )
    grids = [Grid(group.pk, group.school, group.name) for group in rows.select_related("school").distinct()]
    left = in_no_class(Transition.objects.visible_to(viewer), today=today).filter(school__in=leads)
    noted = left.exclude(handover__kind=HandoverKind.SEND)
    grids += [
        Grid(school.pk, school) for school in Organisation.objects.filter(pk__in=noted.values("school"))
    ]
    return sorted(grids, key=lambda grid: (grid.school.name_key, not grid.name, grid.name))


def in_no_class(moves: QuerySet[Transition], *, today: date) -> QuerySet[Transition]:
    """Those still to leave whom no file has put into a class of their present school."""
    return moves.filter(CLASSLESS, moves_on__gt=today)


def rows_of(viewer: Viewer, grid: Grid, *, today: date) -> list[Row]:
    """The leaving children of a grid by name, each with what has been written so far."""
    found = Transition.objects.visible_to(viewer).filter(school=grid.school)
    here = (
        found.filter(pupil__class_places__class_group=grid.pk)
        if grid.name
        else in_no_class(found, today=today)
    )
    moves = list(
        here.select_related("pupil", "school", "to_school", "handover").order_by("pupil__name_key", "pk")
    )
    sections: dict[uuid.UUID, dict[str, Section]] = {}
    rows = Section.objects.visible_to(viewer).filter(handover__transition__in=moves, kind__in=CLASS_SECTIONS)
    for section in rows:
        sections.setdefault(section.handover_id, {})[section.kind] = section
    return [row_of(move, sections) for move in moves]


def row_of(move: Transition, sections: dict[uuid.UUID, dict[str, Section]]) -> Row:
    handover = handover_of(move)
    own = sections.get(handover.pk, {}) if handover else {}
    known = {} if own else prefill(move.pupil)
    version = sum(section.version for section in own.values())
    return Row(
        move=move,
        handover=handover,
        texts={
            str(kind): own[kind].text if kind in own else known.get(kind, {}).get("text", "")
            for kind in CLASS_SECTIONS
        },
        version=version,
        is_send=handover is not None and handover.kind == HandoverKind.SEND,
        saved_at=max(section.updated_at for section in own.values()) if version > len(own) else None,
    )

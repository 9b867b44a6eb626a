"""The grid of a class: each leaving child with the four short notes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import ClassGroup
from transitions.enums import HandoverKind
from transitions.models import Handover, Section, Transition
from transitions.queries.children import handover_of
from transitions.queries.prefill import prefill
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


def classes_written_by(viewer: Viewer) -> list[ClassGroup]:
    """The classes with leaving children whose grid the viewer may fill, by school and name."""
    mine = Q(teachers__in=[post.id for post in viewer.posts], school__in=viewer.reach(Permission.TEACH))
    rows = ClassGroup.objects.filter(
        mine | Q(school__in=viewer.reach(Permission.WRITE_HANDOVERS)),
        places__pupil__transitions__school=F("school"),
    )
    return list(rows.select_related("school").distinct().order_by("school__name_key", "name"))


def rows_of(viewer: Viewer, class_id: uuid.UUID, *, school_id: uuid.UUID) -> list[Row]:
    """The leaving children of a class by name, each with what has been written so far."""
    moves = list(
        Transition.objects.visible_to(viewer)
        .filter(pupil__class_places__class_group=class_id, school=school_id)
        .select_related("pupil", "school", "to_school", "handover")
        .order_by("pupil__name_key", "pk")
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

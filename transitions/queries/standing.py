"""Where children stand: moves as the viewer may see them, with what is open for each, in a constant number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from partnership.access.viewer import Viewer
from partnership.lib.dates import SchoolCalendar
from partnership.ui.components import TrackStep
from schools.queries.calendars import calendars_for
from schools.queries.duties import duties_for
from transitions.models import Conversation, Handover, Transition
from transitions.queries.progress import NextMove, is_send, open_moves, step_of, track_of
from transitions.queries.talks import planned_days


@dataclass(frozen=True, slots=True)
class Standing:
    """One child on the road: the move, the handover where there is one, all that is open, and what is due first."""

    transition: Transition
    handover: Handover | None
    moves: tuple[NextMove, ...]
    move: NextMove
    calendar: SchoolCalendar
    """That of the school whose move it is."""

    @property
    def track(self) -> tuple[TrackStep, ...]:
        return track_of(self.transition, self.handover, self.move)

    @property
    def step(self) -> int:
        return step_of(self.transition, self.handover)

    @property
    def send(self) -> bool:
        return is_send(self.transition, self.handover)

    @property
    def late(self) -> bool:
        return self.move.late


def moves_visible_to(viewer: Viewer) -> QuerySet[Transition]:
    """Moves the viewer may see by name, with what every page says of them, in one query."""
    return Transition.objects.visible_to(viewer).select_related("pupil", "school", "to_school", "handover")


def standings(rows: Iterable[Transition], *, today: date) -> list[Standing]:
    """The rows with their open moves: eight queries, however many rows. Rows come from `moves_visible_to`."""
    rows = list(rows)
    if not rows:
        return []
    schools = {row.school_id for row in rows} | {row.to_school_id for row in rows if row.to_school_id}
    calendars, duties = calendars_for(schools), duties_for(schools, on=today)
    planned = planned_days({row.pk for row in rows})
    found = []
    for row in rows:
        handover: Handover | None = getattr(row, "handover", None)
        moves = open_moves(
            row, handover, calendars=calendars, duties=duties, today=today, planned_on=planned.get(row.pk)
        )
        move = min(moves, key=lambda each: each.due_on or date.max)
        found.append(Standing(row, handover, moves, move, calendars[move.organisation_id or row.school_id]))
    return found


def standings_of(
    viewer: Viewer, transition_ids: Collection[uuid.UUID], *, today: date
) -> dict[uuid.UUID, Standing]:
    """Those of these moves which the viewer may see; the rest is left out."""
    rows = moves_visible_to(viewer).filter(pk__in=transition_ids)
    return {each.transition.pk: each for each in standings(rows, today=today)}


def handovers_of(viewer: Viewer, handover_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Handover]:
    """Handovers whose progress the viewer may see, with the child and both schools, for the words of a message."""
    rows = Handover.objects.visible_to(viewer).filter(pk__in=handover_ids)
    return {
        row.pk: row for row in rows.select_related("transition__pupil", "school", "transition__to_school")
    }


def conversations_of(
    viewer: Viewer, conversation_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Conversation]:
    """Conversations the viewer may see or takes part in, with both schools."""
    mine = Q(pk__in=Conversation.objects.visible_to(viewer).values("pk")) | Q(adults__user=viewer.user_id)
    rows = Conversation.objects.filter(mine, pk__in=conversation_ids).distinct()
    return {row.pk: row for row in rows.select_related("school", "reader")}

"""Where children stand: moves as the viewer may see them, with what is open for each, in a constant number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import SchoolCalendar
from partnership.ui.components import TrackStep
from schools.models import ClassPlace, Organisation
from schools.queries.calendars import Calendars, calendars_for
from schools.queries.duties import DutyBook, duties_for
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


SIDES = ("school", "to_school")
UNSAID = tuple(
    f"{side}__{column.name}"
    for side in SIDES
    for column in Organisation._meta.concrete_fields
    if column.name not in ("id", "name", "name_key", "urn", "local_authority")
)
"""What a page about a child does not say of its schools; whoever asks for it all the same gets it by a query of its own."""

CLASSLESS = ~Exists(
    ClassPlace.objects.filter(pupil=OuterRef("pupil_id"), class_group__school=OuterRef("school_id"))
)
"""Moves whose child is in no class of the present school. True only where the asker's reach shows its classes."""


def moves_visible_to(viewer: Viewer) -> QuerySet[Transition]:
    """Moves the viewer may see by name, with what every page says of them, in one query."""
    rows = Transition.objects.visible_to(viewer).select_related("pupil", "school", "to_school", "handover")
    return with_classless(viewer, rows.defer(*UNSAID))


def with_classless(viewer: Viewer, moves: QuerySet[Transition]) -> QuerySet[Transition]:
    """Each with `classless`: nobody teaches the child, so that a note is the SENCO's. Only the present school knows."""
    here = Q(school__in=viewer.reach(Permission.SEE_PROGRESS))
    return moves.annotate(classless=Case(When(here, then=CLASSLESS), default=False))


@dataclass(frozen=True, slots=True)
class Book:
    """What every answer is worked out from, read once: calendars, duties, planned conversations and the day."""

    calendars: Calendars
    duties: DutyBook
    planned: Mapping[uuid.UUID, date]
    today: date


def book_for(
    schools: Mapping[uuid.UUID, Organisation], planned: Mapping[uuid.UUID, date], *, today: date
) -> Book:
    """The book of these schools, who say themselves in which area they lie."""
    areas = {pk: school.local_authority_id for pk, school in schools.items()}
    return Book(calendars_for(schools, areas=areas), duties_for(schools, on=today), planned, today)


def standings(rows: Iterable[Transition], *, today: date, book: Book | None = None) -> list[Standing]:
    """The rows with their open moves: four queries, however many rows, and none where the book is at hand. Rows come from
    `moves_visible_to`."""
    rows = list(rows)
    if not rows:
        return []
    if book is None:
        schools = {school.pk: school for row in rows for school in (row.school, row.to_school) if school}
        book = book_for(schools, planned_days({row.pk for row in rows}), today=today)
    return [standing_of(row, book) for row in rows]


def standing_of(row: Transition, book: Book) -> Standing:
    """One row by the book; both its schools must be in it."""
    handover: Handover | None = getattr(row, "handover", None)
    moves = open_moves(
        row,
        handover,
        calendars=book.calendars,
        duties=book.duties,
        today=book.today,
        planned_on=book.planned.get(row.pk),
    )
    move = min(moves, key=lambda each: each.due_on or date.max)
    return Standing(row, handover, moves, move, book.calendars[move.organisation_id or row.school_id])


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

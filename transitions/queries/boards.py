"""The two boards: who leaves, who joins, and how far each has come. One list for one side, constant queries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import QuerySet

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import academic_year_of
from partnership.lib.names import within_a_sentence
from schools.enums import SenProvision
from schools.models import Organisation
from transitions.enums import DestinationState, Elsewhere
from transitions.models import Transition
from transitions.queries.lines import NO_SCHOOL_YET, Board, Line
from transitions.queries.progress import Side, step_code
from transitions.queries.standing import Standing, moves_visible_to, standing_of

STEPS = (
    ("0", "Next school not sure"),
    ("1", "To be shared"),
    ("2", "Shared, to be talked over"),
    ("read", "Shared, to be read"),
    ("3", "Talked over, to be accepted"),
    ("4", "Accepted, to settle in"),
    ("done", "Done"),
)


STEP_WORDS = dict(STEPS)
NOT_SURE = (DestinationState.EXPECTED, DestinationState.OFFERED)


def year_words(year_group: int | None) -> str:
    """ "Year 6", "Reception", "Nursery"; '' where it is not known."""
    if year_group is None:
        return ""
    return {0: "Reception", -1: "Nursery"}.get(year_group, f"Year {year_group}")


@dataclass(frozen=True, slots=True)
class Row:
    """One child on a board."""

    standing: Standing
    who: str
    """Whose move it is, as this viewer says it."""
    other: str
    """The school at the far end, by which the board is grouped."""

    @property
    def transition(self) -> Transition:
        return self.standing.transition

    @property
    def name(self) -> str:
        return self.transition.pupil.display_name

    @property
    def year(self) -> str:
        return year_words(self.transition.pupil.year_group)

    @property
    def sen(self) -> str:
        """ "SEN support" or "EHC plan"; '' for the others, of whom most are."""
        provision = self.transition.pupil.sen_provision
        return str(SenProvision(provision).label) if provision != SenProvision.NONE else ""

    @property
    def year_and_sen(self) -> str:
        return ", ".join(filter(None, (self.year, self.sen)))

    @property
    def not_sure(self) -> str:
        """How the next school is known while it may still be another: "expected", "offered"."""
        state = self.transition.destination_state
        return within_a_sentence(str(DestinationState(state).label)) if state in NOT_SURE else ""

    @property
    def to_words(self) -> str:
        move = self.transition
        if move.to_school:
            return move.to_school.name
        return move.elsewhere_name or (
            str(Elsewhere(move.elsewhere).label) if move.elsewhere else NO_SCHOOL_YET
        )

    @property
    def unplaced(self) -> bool:
        """No next school: the row that must stand out."""
        return self.transition.destination_state in (DestinationState.NONE, DestinationState.WITHDRAWN)

    @property
    def step(self) -> str:
        return step_code(self.transition, self.standing.handover)

    @property
    def step_words(self) -> str:
        return STEP_WORDS[self.step]

    @property
    def late(self) -> bool:
        return self.standing.late


@dataclass(frozen=True, slots=True)
class Group:
    """The children of one far end, in the order of the board, with how many they are on the whole board."""

    title: str
    rows: tuple[Row, ...]
    total: int
    send: int
    unplaced: bool


def schools_of(viewer: Viewer) -> frozenset[uuid.UUID]:
    """The schools whose boards the viewer sees: wholly, or the children of their own class."""
    return viewer.reach(Permission.SEE_PROGRESS) | viewer.reach(Permission.TEACH)


def own_schools(viewer: Viewer) -> QuerySet[Organisation]:
    """The same as organisations, for the filter of somebody with several."""
    return Organisation.objects.filter(pk__in=schools_of(viewer)).by_name()


def moves_on_board(viewer: Viewer, side: Side, *, today: date) -> QuerySet[Transition]:
    """Moves of this school year and later on one side of the viewer's schools."""
    here = schools_of(viewer)
    rows = moves_visible_to(viewer).filter(entry_year__gte=academic_year_of(today))
    return rows.filter(school__in=here) if side == Side.PRESENT else rows.filter(seen_by__in=here)


SHOWN = (
    "reference", "school", "to_school", "seen_by", "elsewhere", "elsewhere_name", "boundary", "entry_year", "moves_on",
    "destination_state",
    "pupil__forename", "pupil__surname", "pupil__known_as", "pupil__year_group", "pupil__sen_provision",
    "handover__kind", "handover__state", "handover__shared_at", "handover__received_at", "handover__met_on",
    "handover__latest",
)  # fmt: skip
"""What a board says of a child; its schools are at hand."""


def rows_of(viewer: Viewer, lines: Sequence[Line], board: Board) -> list[Row]:
    """These lines of a board whole, in their order: one query for ten as for a hundred."""
    book = board.book
    if book is None:
        return []
    moves = moves_visible_to(viewer).filter(pk__in=[line.pk for line in lines]).select_related(None)
    found = {}
    for move in moves.select_related("pupil", "handover").only(*SHOWN):
        move.school = board.schools[move.school_id]
        move.to_school = board.schools[move.to_school_id] if move.to_school_id else None
        found[move.pk] = standing_of(move, book)
    return [
        Row(standing=found[line.pk], who=found[line.pk].move.who_for(viewer), other=line.other)
        for line in lines
        if line.pk in found
    ]


def still_here(standing: Standing, *, today: date) -> bool:
    """On the leaving board: until the child has moved, and longer only while the present school still has a move."""
    return standing.transition.moves_on > today or any(move.side == Side.PRESENT for move in standing.moves)


def grouped(shown: Sequence[Row], everyone: Iterable[Line]) -> list[Group]:
    """The rows of one page under their schools; the totals are those of the whole filtered board."""
    totals: dict[str, tuple[int, int]] = {}
    for line in everyone:
        total, send = totals.get(line.other, (0, 0))
        totals[line.other] = (total + 1, send + line.send)
    groups = []
    for other, rows in groupby(shown, key=lambda row: row.other):
        members = tuple(rows)
        total, send = totals[other]
        groups.append(Group(other, members, total, send, other == NO_SCHOOL_YET))
    return groups


EXPORT_HEADER = (
    "Reference", "Child", "Year", "SEN", "Present school", "Next school", "Next school is", "Boundary", "School year",
    "Step", "Whose move", "What", "Due", "Late",
)  # fmt: skip


EXPORT_WIDTHS = (12, 28, 11, 13, 30, 30, 20, 18, 12, 28, 34, 44, 12, 7)
"""Of the columns, in characters."""


def export_rows(rows: Iterable[Row]) -> Iterable[tuple[object, ...]]:
    """The board as a file: movement and progress, no UPN, no content."""
    for row in rows:
        move, turn = row.transition, row.standing.move
        yield (
            move.reference,
            row.name,
            row.year,
            str(move.pupil.get_sen_provision_display()),
            move.school.name,
            row.to_words,
            str(move.get_destination_state_display()),
            str(move.get_boundary_display()),
            f"{move.entry_year}/{(move.entry_year + 1) % 100:02d}",
            row.step_words,
            turn.who_words,
            turn.what,
            turn.due_on,
            turn.late,
        )

"""A board in short says of every child what the whole row says: in the hundredth of a county, on both sides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bench.county import build
from partnership.access import rls
from schools.models import Closure, Duty, Organisation
from tests.factories.transitions import NOW
from transitions.queries.boards import moves_on_board, rows_of, still_here
from transitions.queries.lines import board_of
from transitions.queries.progress import Side
from transitions.queries.standing import moves_visible_to, standings


@pytest.mark.django_db
def test_in_short_as_in_full() -> None:
    build.build("0.01", now=NOW, say=lambda text: None)
    school = Organisation.objects.filter(stage="secondary").get()
    Closure.objects.create(organisation=school, on=date(2026, 11, 18))
    partnership = school.memberships.get().partnership
    Duty.objects.create(
        code="received_within", title="Sooner here", kind="partnership", amount=1, unit="school_days",
        partnership=partnership, owner_role="senco", effective_from=date(2026, 1, 1),
    )  # fmt: skip
    late = 0
    for stage in ("infant", "primary", "junior", "secondary", "sixteen_plus"):
        place = Organisation.objects.filter(stage=stage).get()
        head = place.posts.filter(role="head").exclude(user__name="Wide Sight").get().user_id
        for day in (NOW.date(), NOW.date() + timedelta(days=14), date(2027, 6, 1)):
            for side in Side.PRESENT, Side.NEXT:
                late += compare(head, side, today=day)
    assert late, "some must be late, or nothing is compared"


def compare(person: object, side: Side, *, today: date) -> int:
    """How many of the board are late, when both ways say the same of everybody."""
    with rls.acting_as(person) as viewer:  # type: ignore[arg-type]
        moves = moves_on_board(viewer, side, today=today)
        board = board_of(moves, side, today=today)
        rows = rows_of(viewer, board.lines, board)
        full = standings(moves_visible_to(viewer).filter(pk__in=moves.values("pk")), today=today)
    kept = {each.transition.pk: each for each in full if side == Side.NEXT or still_here(each, today=today)}
    assert {line.pk for line in board.lines} == set(kept)
    for line, row in zip(board.lines, rows, strict=True):
        whole = kept[line.pk]
        assert row.standing == whole
        assert (line.send, line.late, line.step) == (whole.send, whole.late, row.step)
        assert line.destination == row.transition.destination_state
    return sum(line.late for line in board.lines)

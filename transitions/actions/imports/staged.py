"""From what a file says to rows: planned together, kept in chunks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from schools.actions.imports.base import StagedRow, Staging
from transitions.actions.imports.planning import Planner, undecided_repeat
from transitions.actions.imports.reach import reading


@dataclass(slots=True)
class Incoming:
    """One row of a file: either what it says, or the row that refuses it. `repeated` says that it stands twice."""

    line: int
    data: dict[str, Any] | None
    refused: StagedRow | None
    repeated: list[dict[str, Any]] = field(default_factory=list)


def stage_all(staging: Staging, incoming: Sequence[Incoming], *, dropped: int) -> None:
    """Plan every row and keep it. Children who are not kept are counted, here and in a warning, and nothing else."""
    staging.expect(len(incoming))
    staging.count_dropped(dropped)
    today = timezone.localtime(staging.at).date()
    rows = [row.data for row in incoming if row.data]
    with reading(staging.importing, rows):
        planner = Planner(rows, today=today, trusted=staging.importing.by_id is None)
    for row in incoming:
        if row.data is None:
            if row.refused is not None:
                staging.add(row.refused)
            continue
        staged = planner.staged(row.line, row.data)
        if row.repeated:
            staged = undecided_repeat(staged, row.repeated[0])
        staging.add(staged)
    if dropped:
        one = dropped == 1
        staging.warn(
            f"{dropped:,} {'child' if one else 'children'} in other years {'was' if one else 'were'} counted and dropped."
        )
    if planner.stays:
        staging.warn(
            f"{planner.stays:,} with another accepted place keep it: change it on the child's page where it is wrong."
        )

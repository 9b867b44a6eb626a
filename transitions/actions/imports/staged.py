"""From what a file says to rows: planned together, kept in chunks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from schools.actions.imports.base import StagedRow, Staging
from schools.formats.errors import FileRefused
from schools.models import Organisation
from schools.queries.agreements import uncovered, why_not
from transitions.actions.imports.planning import Planner, undecided_repeat
from transitions.actions.imports.reach import reading, schools_of

NOT_ACCEPTED = "has not accepted the sharing agreement yet: ask its head, or your coordinator"


class Waiting:
    """Which schools of a file's rows wait for their controller to accept the sharing agreement (practice P1)."""

    def __init__(self, data: Sequence[Mapping[str, Any]], own: Organisation | None, *, on: date) -> None:
        schools = schools_of(data)
        waiting = uncovered(schools | ({own.pk} if own else set()), on=on)
        self.reason = why_not([each.organisation_id for each in waiting], on=on) if waiting else ""
        self.barred = {each.organisation_id: f"{each.name} {NOT_ACCEPTED}" for each in waiting}
        """By present school, why its rows stay out."""
        self.whole = bool(waiting) and (
            (own is not None and own.pk in self.barred) or schools <= self.barred.keys()
        )
        """Whether nothing of the file may go in."""


@dataclass(slots=True)
class Incoming:
    """One row of a file: either what it says, or the row that refuses it. `repeated` says that it stands twice."""

    line: int
    data: dict[str, Any] | None
    refused: StagedRow | None
    repeated: list[dict[str, Any]] = field(default_factory=list)


def stage_all(staging: Staging, incoming: Sequence[Incoming], *, dropped: int) -> None:
    """Plan every row and keep it. Children who are not kept are counted, here and in a warning, and nothing else.

    Without its school's agreement a row is refused, and a file of such rows alone is refused whole; a preview from the
    command line, which keeps nothing, says so in a warning."""
    today = timezone.localtime(staging.at).date()
    trusted = staging.importing.by_id is None
    data = [row.data for row in incoming if row.data]
    waiting = Waiting(data, staging.organisation, on=today)
    if waiting.whole and not trusted:
        raise FileRefused(waiting.reason)
    if trusted:
        staging.warn(waiting.reason)
    staging.expect(len(incoming))
    staging.count_dropped(dropped)
    with reading(staging.importing, data):
        planner = Planner(data, today=today, trusted=trusted, barred={} if trusted else waiting.barred)
    going: list[Mapping[str, Any]] = []
    for row in incoming:
        if row.data is None:
            if row.refused is not None:
                staging.add(row.refused)
            continue
        staged = planner.staged(row.line, row.data)
        if row.repeated:
            staged = undecided_repeat(staged, row.repeated[0])
        if "facts" in staged.data:
            going.append(staged.data)
        staging.add(staged)
    staging.facts["rests_on"] = planner.rests_on(going)
    if dropped:
        one = dropped == 1
        staging.warn(
            f"{dropped:,} {'child' if one else 'children'} in other years {'was' if one else 'were'} counted and dropped."
        )
    if planner.stays:
        staging.warn(
            f"{planner.stays:,} with another accepted place keep it: change it on the child's page where it is wrong."
        )

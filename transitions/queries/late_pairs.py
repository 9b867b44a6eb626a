"""For coordinators: what is late between which two schools, by reference alone (practice P6)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from partnership.access.viewer import Viewer
from partnership.lib.dates import academic_year_of
from schools.enums import SenProvision
from transitions.enums import HandoverState
from transitions.models import Transition
from transitions.queries.standing import standings
from transitions.queries.tally import tallying, with_progress


@dataclass(frozen=True, slots=True)
class Pair:
    """What is late between two schools: references alone (practice P6)."""

    present: str
    following: str
    references: tuple[str, ...]
    oldest: date


def late_pairs(viewer: Viewer, *, today: date) -> list[Pair]:
    """For coordinators: late SEND moves of their partnership by pair of schools, most first. Names are not even read."""
    rows = (
        Transition.objects.progress_visible_to(viewer)
        .filter(entry_year__gte=academic_year_of(today))
        .filter(Q(handover__isnull=False) | ~Q(pupil__sen_provision=SenProvision.NONE))
        .exclude(handover__state=HandoverState.SETTLED)
    )
    with tallying(viewer):
        found = standings(with_progress(rows).order_by("pk"), today=today)
    pairs: dict[tuple[str, str], list[tuple[str, date]]] = defaultdict(list)
    for each in found:
        if each.move.late and each.move.due_on:
            move = each.transition
            key = (move.school.name, move.to_school.name if move.to_school else "")
            pairs[key].append((move.reference, each.move.due_on))
    late = [
        Pair(here, there, tuple(reference for reference, _ in these), min(day for _, day in these))
        for (here, there), these in pairs.items()
    ]
    return sorted(late, key=lambda pair: (-len(pair.references), pair.oldest, pair.present))

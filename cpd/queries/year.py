"""The year at a glance: six half-terms of the viewer's own place, with all that is offered in each."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from cpd.models import Attendance, Day
from cpd.queries.offer import Line, half_terms_of, lines_of, sessions_listed
from partnership.access.viewer import Viewer
from partnership.lib.dates import HalfTermSpan, academic_year_of, academic_year_words

Row = tuple[Line | None, Day | None]
"""One line of the year: a session, or a joint day."""


@dataclass(frozen=True, slots=True)
class Term:
    """A half-term with its sessions; those of the holiday after it stand in it too."""

    name: str
    span: HalfTermSpan | None
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Year:
    """A school year as this viewer sees it; the years beside it where half-terms are entered for them."""

    name: str
    blocks: Sequence[Term]
    before: int | None
    after: int | None
    was_at: Collection[uuid.UUID] = frozenset()
    """The sessions in which the register says the viewer was."""


def year_of(viewer: Viewer, starts_in: int | None, *, now: datetime) -> Year:
    """The school year that begins in this calendar year, or the present one. As many queries for few as for many."""
    today = timezone.localdate(now)
    spans = half_terms_of(viewer)
    known = sorted({academic_year_of(span.ends_on) for span in spans})
    present = academic_year_of(today)
    chosen = starts_in if starts_in in known else present
    own = [span for span in spans if academic_year_of(span.ends_on) == chosen]
    first, last = date(chosen, 8, 1), date(chosen + 1, 8, 1)
    start, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, last))
    rows = sessions_listed(viewer).filter(starts_at__gte=start, starts_at__lt=end, day__isnull=True)
    there = Attendance.objects.in_the_room().filter(person=viewer.user_id)
    days = Day.objects.visible_to(viewer).filter(on__gte=first, on__lt=last).order_by("on", "pk")
    dated: list[tuple[date, Row]] = [
        *(
            (timezone.localdate(line.session.starts_at), (line, None))
            for line in lines_of(viewer, rows, now=now)
        ),
        *((day.on, (None, day)) for day in days),
    ]
    dated.sort(key=lambda each: each[0])
    found = []
    for number, span in enumerate(own):
        since = span.starts_on if number else first
        until = own[number + 1].starts_on if number + 1 < len(own) else last
        found.append(Term(span.name, span, [row for day, row in dated if since <= day < until]))
    if not own and dated:
        found = [Term("All year", None, [row for _, row in dated])]
    return Year(
        name=academic_year_words(chosen),
        blocks=found,
        before=chosen - 1 if chosen - 1 in known else None,
        after=chosen + 1 if chosen + 1 in known else None,
        was_at=set(there.filter(session__in=rows).values_list("session_id", flat=True)),
    )

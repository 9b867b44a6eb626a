"""Who works when: asked by the outbox before mail goes, and by whoever wants to know whether an hour is paid."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import DAYS
from schools.models import Post, WorkingHours

Span = tuple[time, time]
Week = Mapping[int, Span]
"""By weekday, 1 for Monday."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One post's week. `said` is false where nobody was asked yet; a week without days then means: no fixed hours."""

    post_id: uuid.UUID
    organisation_id: uuid.UUID
    week: Week
    said: bool

    def covers(self, starts_at: datetime, ends_at: datetime) -> bool | None:
        """Whether the whole of it lies within these hours; None where no hours are known."""
        if not self.week:
            return None
        start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
        span = self.week.get(start.isoweekday())
        return (
            span is not None
            and start.date() == end.date()
            and span[0] <= start.time()
            and end.time() <= span[1]
        )


def words_of(week: Week) -> str:
    """ "Monday to Friday 08:45 to 15:15", days of the same hours together."""
    runs: list[tuple[int, int, Span]] = []
    for day, span in sorted(week.items()):
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == span:
            runs[-1] = (runs[-1][0], day, span)
        else:
            runs.append((day, day, span))
    return ", ".join(f"{days(first, last)} {span[0]:%H:%M} to {span[1]:%H:%M}" for first, last, span in runs)


def days(first: int, last: int) -> str:
    """ "Monday", or "Monday to Friday"."""
    return DAYS[first - 1] if first == last else f"{DAYS[first - 1]} to {DAYS[last - 1]}"


def weeks_of(post_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[int, Span]]:
    """The weeks of these posts, in one query; a post without hours is left out."""
    found: defaultdict[uuid.UUID, dict[int, Span]] = defaultdict(dict)
    rows = WorkingHours.objects.filter(post__in=post_ids)
    for post, weekday, starts, ends in rows.values_list("post_id", "weekday", "starts", "ends"):
        found[post][weekday] = (starts, ends)
    return dict(found)


def patterns_of(
    people: Collection[uuid.UUID], *, organisation_id: uuid.UUID | None = None, on: date
) -> dict[uuid.UUID, list[Pattern]]:
    """By person, the pattern of each post held on the day, there or anywhere; in one query however many they are."""
    posts = Post.objects.current(on=on).filter(user__in=people).order_by("starts_on", "pk")
    if organisation_id:
        posts = posts.filter(organisation=organisation_id)
    return by_person(posts.values_list(*HOURS))


HOURS = (
    "pk", "user_id", "organisation_id", "hours_said_on", "hours__weekday", "hours__starts", "hours__ends",
)  # fmt: skip


def by_person(rows: Iterable[tuple[Any, ...]]) -> dict[uuid.UUID, list[Pattern]]:
    """Patterns from rows of `HOURS`: one for each day of a post, or a single one without a day."""
    found: dict[uuid.UUID, list[Pattern]] = {}
    weeks: dict[uuid.UUID, dict[int, Span]] = {}
    for pk, user, organisation, said_on, weekday, starts, ends in rows:
        if pk not in weeks:
            weeks[pk] = {}
            found.setdefault(user, []).append(Pattern(pk, organisation, weeks[pk], said_on is not None))
        if weekday is not None:
            weeks[pk][weekday] = (starts, ends)
    return found


def hours_post(viewer: Viewer, post_id: uuid.UUID, *, on: date) -> Post | None:
    """A post whose hours the viewer may say: their own, or that of somebody they book for."""
    may = Q(user=viewer.user_id) | Q(organisation__in=viewer.reach(Permission.BOOK_STAFF))
    rows = Post.objects.filter(may, Q(ends_on__isnull=True) | Q(ends_on__gte=on), pk=post_id)
    return rows.select_related("organisation", "user").first()

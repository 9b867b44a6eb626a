"""When two may have their ten minutes: before a session begins and after it ends. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]

TEN_MINUTES = timedelta(minutes=10)
"""What the practice is called (practice 18); how many of them a session has room for is its programme's."""


def times(*, starts_at: datetime, ends_at: datetime, before: int, after: int) -> list[datetime]:
    """When each of them begins, by the clock: the last before ends as the session begins."""
    return [
        *(starts_at - number * TEN_MINUTES for number in range(before, 0, -1)),
        *(ends_at + number * TEN_MINUTES for number in range(after)),
    ]


def free(asked: Collection[datetime], taken: Collection[Span], *, now: datetime) -> list[datetime]:
    """Those still to come that touch nothing taken."""
    return [
        each
        for each in asked
        if each > now and not any(start < each + TEN_MINUTES and each < end for start, end in taken)
    ]

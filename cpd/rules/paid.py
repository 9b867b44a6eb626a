"""Which part of a session lies outside somebody's paid hours. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

Span = tuple[time, time]


def minutes_outside(starts_at: datetime, ends_at: datetime, spans: Sequence[Span]) -> int:
    """Minutes of a session, by the clock on the wall, that no span of that day's paid hours covers. Spans of two posts may
    meet or overlap; without any, all of it lies outside."""
    start, end = minute(starts_at.time()), minute(ends_at.time())
    if ends_at.date() != starts_at.date():
        end += 24 * 60
    covered = reached = 0
    for begins, finishes in sorted((minute(a), minute(b)) for a, b in spans):
        first, last = max(begins, start, reached), min(finishes, end)
        covered += max(last - first, 0)
        reached = max(reached, finishes)
    return end - start - covered


def minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def hours_words(minutes: int) -> str:
    """ "1 hour 15 minutes", "45 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [counted(hours, "hour")] if hours else []
    return " ".join([*parts, counted(rest, "minute")] if rest or not hours else parts)


def counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"

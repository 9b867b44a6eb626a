"""Hours of a session, as a certificate and a passport say them."""

from __future__ import annotations

from datetime import datetime


def hours_of(starts_at: datetime, ends_at: datetime) -> float:
    """From beginning to end, to a hundredth of an hour."""
    return round((ends_at - starts_at).total_seconds() / 3600, 2)


def hours_words(hours: float) -> str:
    """ "1 hour 15 minutes"."""
    whole, minutes = divmod(round(hours * 60), 60)
    parts = [
        *([f"{whole} {'hour' if whole == 1 else 'hours'}"] if whole else []),
        *([f"{minutes} {'minute' if minutes == 1 else 'minutes'}"] if minutes or not whole else []),
    ]
    return " ".join(parts)

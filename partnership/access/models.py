"""Which buttons were pressed, and where each press led."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, models

KEPT = timedelta(hours=24)
"""How long a press is remembered."""


class Press(models.Model):
    """One POST of a page's form, by a name in which nothing of it can be read. Written by the request's own connection,
    so that a press whose work is undone is forgotten with it."""

    key = models.CharField(max_length=64, primary_key=True)
    went = models.TextField(default="")
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "presses"

    def __str__(self) -> str:
        return self.key


def first_press(key: str) -> bool:
    """Whether nobody has pressed this yet. Copies at the same moment wait here until the first has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_press (key, went, at) VALUES (%s, '', now()) ON CONFLICT DO NOTHING", [key]
        )
        return cursor.rowcount == 1

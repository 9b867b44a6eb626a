"""Advisory locks: two beats, or two workers on one tick, do the work once."""

from __future__ import annotations

import zlib

from django.db import connection

SPACE = 0x0B0C  # our own space of lock numbers, apart from the features'


def try_lock(name: str) -> bool:
    """Take the lock until this transaction ends; False when somebody else has it."""
    with connection.cursor() as cursor:
        number = zlib.crc32(name.encode()) - 2**31
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SPACE, number])
        return bool(cursor.fetchone()[0])

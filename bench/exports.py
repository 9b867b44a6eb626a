"""What a board of 50,000 children costs as a file, in either format, made by a worker within the policies of who asked.

Each file is compared, by hash, with the same rows read as owner in plain SQL, with no rule of the program in between."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg

from bench import server
from bench.report import Report

DATABASE = "bench_exports"
AT_LEAST = 50_000

ROWS = """
    SELECT move.reference, coalesce(nullif(child.known_as, ''), child.forename || ' ' || child.surname),
           child.year_group, child.sen_provision, here.name, there.name, move.elsewhere_name, move.elsewhere,
           move.destination_state, move.boundary, move.entry_year, handover.kind, handover.state,
           handover.received_at IS NOT NULL
    FROM transitions_transition move
    JOIN schools_pupil child ON child.id = move.pupil_id
    JOIN schools_organisation here ON here.id = move.school_id
    LEFT JOIN schools_organisation there ON there.id = move.to_school_id
    LEFT JOIN transitions_handover handover ON handover.transition_id = move.id
    WHERE move.moves_on > CURRENT_DATE
      AND move.school_id IN (SELECT organisation_id FROM schools_post WHERE user_id = %s)
"""
"""The leaving board of somebody with a post at every school."""

SHIFTED = """
    UPDATE transitions_transition SET entry_year = entry_year + 3, moves_on = moves_on + interval '3 years'
    WHERE entry_year > (SELECT max(entry_year) - 3 FROM transitions_transition)
"""
"""Three years of moves that are still to come: 54,000 children on one board, where a county has 18,000."""


def measure(report: Report) -> None:
    """In a database of its own, a copy of the county, that is dropped afterwards."""
    from django.conf import settings

    server.use("postgres")
    address = settings.SERVICES.database_url("postgres", "postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(
            f"CREATE DATABASE {DATABASE} TEMPLATE {server.DATABASES['1']} OWNER partnership_owner"
        )
    server.use(DATABASE)
    try:
        files(report)
    finally:
        server.use(server.DATABASES["1"])
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def files(report: Report) -> None:
    from django.db import connection

    from bench.people import wide

    with connection.cursor() as cursor:
        cursor.execute(SHIFTED)
        cursor.execute("ANALYZE transitions_transition")
    known = fingerprint(owned(wide().pk))
    made: dict[str, str] = {}
    for format in ("csv", "xlsx"):
        took, busy, peak, floor, rows = made_by_worker(format)
        made[format] = fingerprint(rows)
        same = made[format] == known and len(rows) >= AT_LEAST
        report.fact(
            f"{len(rows):,} children as {format.upper()}, by hash", "as in SQL",
            "the same" if same else "**different**", same,
        )  # fmt: skip
        report.told(
            "  made by one worker in",
            f"{took:.0f} s, {len(rows) / took:,.0f} rows/s; of its own processor {busy:.0f} s, "
            f"{len(rows) / busy:,.0f} rows/s; "
            f"peak memory {peak} MB, of which {floor} MB before it began",
        )
    whole = [fingerprint(taken(format), columns=14) for format in ("csv", "xlsx")]
    report.fact("all columns of both, by hash", "the same", "the same" if whole[0] == whole[1] else "**different**",
                whole[0] == whole[1])  # fmt: skip


def made_by_worker(format: str) -> tuple[float, float, int, int, list[tuple[str, ...]]]:
    """Ask as the person, make it in a process of its own in the worker's role, read the file."""
    from django.utils import timezone

    from bench.people import wide
    from partnership.access import rls
    from transitions.actions.exports import ask_export
    from transitions.enums import BoardName, ExportFormat

    with rls.acting_as(wide().pk) as viewer:
        ask_export(
            id=uuid.uuid4(), board=BoardName.LEAVING, format=ExportFormat(format), asked="", by=viewer,
            at=timezone.now(),
        )  # fmt: skip
    env = os.environ | {"DATABASE_ROLE": "worker", "TEST_DATABASE_NAME": DATABASE}
    done = subprocess.run(
        [sys.executable, "-m", "bench.exports"], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    took, busy, peak, floor = done.stdout.split()[-4:]
    return float(took), float(busy), int(peak), int(floor), taken(format)


def taken(format: str) -> list[tuple[str, ...]]:
    """The rows of the newest such file, as owner, without its header."""
    from openpyxl import load_workbook

    from transitions.models import ExportFile

    content = bytes(ExportFile.objects.filter(of__format=format).latest("of__at").content)
    if format == "csv":
        return [tuple(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][1:]
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    return [tuple(map(words, row)) for row in sheet.iter_rows(min_row=2, values_only=True)]


def words(value: Any) -> str:
    return "" if value is None else f"{value:%Y-%m-%d}" if hasattr(value, "year") else str(value)


def owned(user_id: uuid.UUID) -> list[tuple[str, ...]]:
    """The first ten columns, from SQL and the labels of codes."""
    from django.db import connection

    from schools.enums import SenProvision
    from transitions.enums import Boundary, DestinationState, Elsewhere

    years = {None: "", 0: "Reception", -1: "Nursery"}
    steps = ("Next school not sure", "To be shared", "Shared, to be talked over", "Talked over, to be accepted",
             "Accepted, to settle in", "Done")  # fmt: skip
    reached = {"shared": 2, "met": 3, "accepted": 4, "settled": 5}
    found = []
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [user_id])
        for row in cursor:
            (
                reference,
                name,
                year,
                sen,
                here,
                there,
                named,
                elsewhere,
                state,
                boundary,
                entry,
                kind,
                stands,
                read,
            ) = row
            send = sen in ("K", "E") or kind == "send"
            step = int(state in ("accepted", "named") and there is not None)
            if elsewhere or (not send and stands == "shared" and read):
                step = 5
            elif stands in reached and (send or stands == "shared"):
                step = reached[stands]
            told = "Shared, to be read" if step == 2 and not send else steps[step]
            found.append((
                reference, name, years.get(year, f"Year {year}"), SenProvision(sen).label, here,
                there or named or (Elsewhere(elsewhere).label if elsewhere else "No next school yet"),
                DestinationState(state).label, Boundary(boundary).label, f"{entry}/{(entry + 1) % 100:02d}", told,
            ))  # fmt: skip
    return [tuple(map(str, row)) for row in found]


def fingerprint(rows: Iterable[tuple[str, ...]], *, columns: int = 10) -> str:
    lines = sorted("\x1f".join(row[:columns]) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def memory(what: str) -> int:
    """Of this process, in MB: VmRSS now, or VmHWM at its peak."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{what}:")[1].split()[0]) // 1024


def main() -> None:
    """In the worker: the job that waits; what it took by the clock and of the processor, peak memory, memory before."""
    from partnership.outbox.work import work

    floor, began, busy = memory("VmRSS"), time.perf_counter(), time.process_time()
    work(limit=1)
    print(time.perf_counter() - began, time.process_time() - busy, memory("VmHWM"), floor)


if __name__ == "__main__":
    import django

    django.setup()
    main()

"""What files cost from bytes to applied, by a plain COPY of the same rows into a table with the same indexes."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bench import server
from bench.imports import ctf_file, gias_file
from bench.report import Report

if TYPE_CHECKING:
    from schools.models import Organisation

DATABASE = "bench_files"
CHILDREN, IN_CTF, SCHOOLS = 120_000, 18_500, 30_000
"""A county's children in one list, and as many in one CTF as make 30 MB."""


def measure(report: Report, *, children: int = CHILDREN) -> None:
    """In a database of its own, a copy of the hundredth, that is dropped afterwards."""
    from django.conf import settings

    from schools.models import Organisation

    server.use(server.DATABASES["0.01"])
    urn = str(Organisation.objects.get(stage="secondary").urn)
    sender = Organisation.objects.schools().filter(stage="primary", urn__isnull=False).order_by("pk")[0]
    server.use("postgres")
    address = settings.SERVICES.database_url("postgres", "postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(
            f"CREATE DATABASE {DATABASE} TEMPLATE {server.DATABASES['0.01']} OWNER partnership_owner"
        )
    server.use(DATABASE)
    try:
        with tempfile.TemporaryDirectory() as folder:
            files(report, Path(folder), urn, sender, children)
    finally:
        server.use(server.DATABASES["1"])
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def files(report: Report, folder: Path, urn: str, sender: Organisation, children: int) -> None:
    pupils, ctf, gias = folder / "pupils.csv", folder / "ctf.xml", folder / "gias.csv"
    pupil_file(pupils, children)
    base = copied(children)
    took, told = run("import_pupils", str(pupils), "--school", urn, "--apply")
    report.ratio(
        f"pupil list of {children:,} rows, by COPY", took / base, 3, note=f"{took:.1f} s by {base:.2f} s"
    )
    report.told("  of which went in", f"{told['new']} new, {len(told['refused'])} refused")
    took, told = run("import_pupils", str(pupils), "--school", urn, "--apply")
    said = f"{told['new'] + told['changed']} rows written"
    report.ratio("the same list again, by COPY", took / base, 1, note=said)
    gias_file(gias, SCHOOLS)
    took, _ = run("import_gias", str(gias), "--apply")
    report.fact(f"GIAS, {SCHOOLS:,} rows", "≤ 30 s", f"{took:.0f} s", took <= 30)
    in_ctf = min(IN_CTF, children)
    ctf_file(ctf, in_ctf, la=sender.la_code, establishment=sender.establishment_number, urn=sender.urn or 0)
    base = copied(in_ctf)
    took, told = run("import_ctf", str(ctf), "--apply")
    size = ctf.stat().st_size / 1024 / 1024
    report.ratio(
        f"CTF of {size:.0f} MB, {in_ctf:,} children, by COPY",
        took / base,
        3.5,
        note=f"{took:.1f} s by {base:.2f} s",
    )
    report.told("  of which went in", f"{told['new']} new, {len(told['refused'])} refused")


def pupil_file(path: Path, count: int) -> None:
    from schools.formats.upn import check_letter

    dice = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["UPN", "Legal surname", "Legal forename", "Date of birth", "Sex", "Year group", "SEN"]
        )
        for n in range(count):
            rest = f"8987{n // 1000:03d}26{n % 1000:03d}"
            born = date(2010, 9, 1) + timedelta(days=dice.randrange(365))
            writer.writerow(
                [
                    check_letter(rest) + rest,
                    f"Marsh{n}",
                    "Ada",
                    f"{born:%d/%m/%Y}",
                    "F",
                    "11",
                    dice.choice("NNNKE"),
                ]
            )


def copied(count: int) -> float:
    """Seconds for a COPY of so many pupils into an empty table with the same columns, checks and indexes."""
    from django.db import connection, transaction

    from bench.county.sheet import Sheet
    from schools.models import Organisation, Pupil

    school = Organisation.objects.filter(stage="secondary").values_list("pk", flat=True)[0]
    rows = [
        {
            "id": f"{n:032x}", "school_id": school, "surname": f"Marsh{n}", "forename": "Ada", "name_key": f"marsh{n} ada",
            "upn": f"A{n:012d}", "born_on": date(2010, 9, 1), "sex": "F", "year_group": 11, "sen_provision": "N",
        }
        for n in range(count)
    ]  # fmt: skip
    sheet = Sheet(Pupil)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copied (LIKE schools_pupil INCLUDING ALL) ON COMMIT DROP")
        sheet.table = "copied"
        began = time.perf_counter()
        sheet.copy(rows)
        return time.perf_counter() - began


def run(*command: str) -> tuple[float, dict[str, Any]]:
    """One import command in a process of its own, as the worker; its own time, without the start of the process."""
    env = os.environ | {"DATABASE_ROLE": "worker", "TEST_DATABASE_NAME": DATABASE}
    done = subprocess.run(
        [sys.executable, "-m", "bench.files", *command, "--json"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
    told, took = done.stdout.splitlines()[-2:]
    return float(took), json.loads(told)


def main(call: Callable[..., object], command: list[str]) -> None:
    began = time.perf_counter()
    call(*command)
    print(time.perf_counter() - began)


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    main(call_command, sys.argv[1:])

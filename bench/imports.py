"""What large files cost: 30,000 schools from GIAS, 3,000 children in one CTF. Run as `python -m bench.imports`.

Each command runs in a process of its own as the worker does, so that its peak memory is its own. Aims: 30 s and 250 MB
for the schools, 15 s and 300 MB to the preview of the children."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCHOOLS, CHILDREN = 30_000, 3_000


def gias_file(path: Path, count: int) -> None:
    """The 140 columns of the extract, of which we read some forty; the others are filled as GIAS fills them."""
    named = [
        "URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (code)",
        "TypeOfEstablishment (name)", "EstablishmentTypeGroup (name)", "EstablishmentStatus (code)",
        "EstablishmentStatus (name)", "OpenDate", "CloseDate", "PhaseOfEducation (code)", "PhaseOfEducation (name)",
        "StatutoryLowAge", "StatutoryHighAge", "NumberOfPupils", "Trusts (code)", "Trusts (name)", "UKPRN", "Street",
        "Locality", "Town", "County (name)", "Postcode", "SchoolWebsite", "TelephoneNum", "HeadFirstName",
        "HeadLastName", "Easting", "Northing",
    ]  # fmt: skip
    header = named + [f"Other{n} (name)" for n in range(140 - len(named))]
    rng = random.Random(1)
    with path.open("w", newline="", encoding="cp1252") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        for n in range(count):
            la, trust = 200 + n % 150, n % 2500
            row = [
                100000 + n, la, f"Authority {la}", 2000 + n % 8000, f"St Thomas à Becket School {n}", "34",
                "Academy converter", "Academies", "1", "Open", "01-09-2012", "", "2", "Primary", "4", "11",
                rng.randint(30, 600), 5000 + trust, f"THE TRUST OF {trust}", 10000000 + n, f"{n} High Street", "",
                "Wendlebury", "Wendleshire", "WE1 1AA", "www.school.example", "01234567890", "Ann", "Example",
                400000 + n % 90000, 300000 + n % 90000,
            ]  # fmt: skip
            writer.writerow(row + ["Not applicable"] * (len(header) - len(row)))


def ctf_file(
    path: Path, count: int, *, la: str = "200", establishment: str = "2000", urn: int = 100000
) -> None:
    """Children of one school with SEN, attendance of three years and a school history."""
    from schools.formats.upn import check_letter
    from transitions.formats import ctf

    header = ctf.CtfHeader(
        version="25.0",
        made_at=datetime(2026, 11, 16, 15, 30),  # noqa: DTZ001
        qualifier="full",
        source=ctf.CtfSchool(la, establishment, urn, "St Thomas à Becket School 0", 2026),
        destination=ctf.CtfSchool("201", "2001", 100001),
    )
    pupils = []
    for n in range(count):
        rest = f"8990{n // 1000:03d}26{n % 1000:03d}"
        pupils.append(
            ctf.PupilRecord(
                place=n + 1, upn=check_letter(rest) + rest, upn_is_temporary=False, surname=f"Marsh{n}",
                forename="Ada", born_on=date(2015, 9, 1) + timedelta(days=n % 360), year_group="6", sex="F",
                sen_history=(ctf.SenProvision("N", date(2021, 9, 6)), ctf.SenProvision("K", date(2024, 9, 2))),
                needs=(ctf.SenNeed("SLCN", 1, date(2024, 9, 2)), ctf.SenNeed("SEMH", 2)),
                languages=(("F", "ENG"),), fsm_now=False, medical_flag=False,
                attendance=tuple(
                    ctf.AttendanceYear(year, "200", "2000", "St Thomas", 370, 352, 12, 6) for year in (2024, 2025, 2026)
                ),
                school_history=(ctf.SchoolStay("200", "2000", "St Thomas", date(2020, 9, 7), None),),
            )
        )  # fmt: skip
    path.write_bytes(ctf.write_ctf(header, pupils))


def measured(*command: str, env: dict[str, str]) -> None:
    """Run one command and say what it took, its own peak memory with it."""
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-m", "bench.imports", "--run", *command], cwd=ROOT, env=env,
                           capture_output=True, text=True, check=False)  # fmt: skip
    took = time.monotonic() - began
    try:
        told = json.loads(ended.stdout.splitlines()[-2])
        peak = ended.stdout.splitlines()[-1]
        said = (
            f"{told['outcome']}, {told['new']} new, {told['changed']} changed, {told['unchanged']} unchanged"
        )
    except (IndexError, ValueError):
        peak, said = "", (ended.stdout + ended.stderr)[-2000:]
    print(f"{' '.join(command):60.60s} {took:6.1f} s  {peak:>8s}  {said}", flush=True)


def run(command: list[str]) -> None:
    """In the child: the command itself, then its own peak memory."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command(*command)
    status = Path("/proc/self/status").read_text()
    print(f"{int(status.split('VmHWM:')[1].split()[0]) // 1024} MB")


def main() -> None:
    """Servers of its own, the files, the measures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.test")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from partnership.localservices import Services

    with Services(settings.RUN_DIR, fast=True) as services, tempfile.TemporaryDirectory() as folder:
        services.start_postgres()
        services.start_valkey()
        call_command("migrate", verbosity=0)
        gias, fewer, ctf = (Path(folder) / name for name in ("gias.csv", "again.csv", "ctf.xml"))
        gias_file(gias, SCHOOLS)
        fewer.write_bytes(gias.read_bytes().replace(b"Wendlebury", b"Wendlebury Regis"))
        ctf_file(ctf, CHILDREN)
        env = os.environ | {"PARTNERSHIP_TEST_RUN_DIR": str(settings.RUN_DIR), "DATABASE_ROLE": "worker"}
        for path in (gias, ctf):
            print(f"{path.name}: {path.stat().st_size / 1024 / 1024:.1f} MB")
        measured("import_gias", str(gias), "--json", env=env)
        measured("import_gias", str(gias), "--json", "--apply", env=env)
        measured("import_gias", str(gias), "--json", "--apply", env=env)
        measured("import_gias", str(fewer), "--json", "--apply", env=env)
        measured("import_ctf", str(ctf), "--json", env=env)
        measured("import_ctf", str(ctf), "--json", "--apply", env=env)
        measured("import_ctf", str(ctf), "--json", env=env)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2:])
    else:
        main()

"""Ten thousand reminders of places while pages are opened: found, worded, sent, and what the pages take meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.urls import reverse

from bench import rounds
from bench.mail import sink
from bench.report import Report
from bench.serving import Page, Web

REMINDERS = 10_000
MINUTES = 10
NEAR = """
    UPDATE cpd_session SET opens_at = now() - interval '9 days', closes_at = now() + interval '20 hours',
        starts_at = now() + interval '1 day', ends_at = now() + interval '1 day 75 minutes'
    WHERE id IN (SELECT id FROM cpd_session ORDER BY id LIMIT %s)
"""
"""So many sessions tomorrow as hold that many places."""


def measure(report: Report, database: str, log: Path, *, port: int) -> None:
    """In the booking's own copy of the county. The worker is a process of its own, as in service."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT avg(capacity) FROM cpd_session WHERE state = 'offered'")
        (places,) = cursor.fetchone()
        cursor.execute(NEAR, [int(REMINDERS / float(places)) + 1])
    web = Web("partnership.wsgi", port, settings="bench.settings", database=database, log=log)
    try:
        web.wait()
        pages = mixed(web)
        idle = rounds.under_load({"idle": pages}, seconds=4, turns=2, clients=2)["idle"]
        with sink() as mail_port, worker(database, mail_port) as process:
            assert process.stdout is not None
            busy, sent, took = busy_until_done(pages, process)
    finally:
        web.stop()
    report.fact(
        f"{REMINDERS:,} reminders of places", f"≤ {MINUTES} min", f"{sent:,} in {took:.0f} s",
        sent >= REMINDERS and took <= MINUTES * 60,
    )  # fmt: skip
    report.ratio(
        "95th percentile of pages meanwhile, by idle",
        busy / idle,
        2,
        note=f"{busy * 1000:.0f} ms by {idle * 1000:.0f} ms",
    )


def mixed(web: Web) -> list[Page]:
    """What support staff open."""
    from bench import people

    staff = people.User.objects.filter(posts__role="support_staff").order_by("pk")[:8]
    addresses = (reverse("home"), reverse("cpd:sessions"), reverse("cpd:passport"))
    return [Page(web, address, people.cookie(each)) for each in staff for address in addresses]


def worker(database: str, port: int) -> subprocess.Popen[str]:
    env = os.environ | {
        "DATABASE_ROLE": "worker", "PARTNERSHIP_BENCH_DIR": str(settings.RUN_DIR), "TEST_DATABASE_NAME": database
    }  # fmt: skip
    command = [sys.executable, "-m", "bench.reminders", str(port)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)


def busy_until_done(pages: list[Page], process: subprocess.Popen[str]) -> tuple[float, int, float]:
    """Pages are opened in turns of a few seconds until the worker says that it is done."""
    said: list[str] = []
    assert process.stdout is not None
    out = process.stdout
    reader = threading.Thread(target=lambda: said.append(out.readline()))
    reader.start()
    taken: list[float] = []
    while reader.is_alive():
        taken += rounds.asked_together(pages, seconds=2, clients=2, seed=len(taken))
    sent, took = said[0].split()
    return sorted(taken)[int(len(taken) * 0.95)], int(sent), float(took)


def remind(port: int) -> None:
    """In the worker's process: one tick of the clock, and what it leads to."""
    import django

    django.setup()
    from django.utils import timezone

    from partnership.outbox import collect
    from partnership.outbox.deliver import deliver

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.OUTBOX_MAIL_HOURS = "always"
    began, total = time.perf_counter(), 0
    collect.collect(at=timezone.now())
    collect.make_mail(at=timezone.now())
    while sent := deliver().sent:
        total += sent
    print(total, time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    remind(int(sys.argv[1]))

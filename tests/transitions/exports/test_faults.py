"""Two at once, and a worker killed while it makes a file: each race has its control."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from partnership.access import rls
from partnership.audit.models import Event
from partnership.lib.xlsxsafe import ABANDONED_AFTER, clear_abandoned
from partnership.outbox.enums import JobState
from partnership.outbox.models import Job
from partnership.outbox.release import release
from partnership.outbox.work import work
from tests.cast import Cast, SignIn, make_road
from tests.conftest import process_environment
from tests.transitions.exports.helpers import ask, rows_of_csv
from transitions.actions.exports import fetch_export
from transitions.enums import ExportState
from transitions.models import Export, ExportFile
from transitions.models.exports import ExportQuerySet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def both(act: Callable[[], Any]) -> list[Any]:
    """Two threads do the same at the same moment; what each got."""
    found: list[Any] = []
    start = threading.Barrier(2, timeout=120)

    def run() -> None:
        try:
            start.wait()
            found.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    return found


@pytest.fixture
def ready(cast: Cast, sign_in: SignIn) -> Export:
    make_road(cast.junior, cast.secondary, forename="Robin", surname="Marsh")
    export = ask(sign_in(cast.senco))
    work()
    return export


def fetched(cast: Cast, export: Export) -> bytes | None:
    with rls.acting_as(cast.senco.pk) as viewer:
        return fetch_export(export_id=export.pk, by=viewer, at=timezone.now())


def test_of_two_who_fetch_at_once_one_gets_it(cast: Cast, ready: Export) -> None:
    found = both(lambda: fetched(cast, ready))
    assert len(found) == 2
    assert sorted(each is None for each in found) == [False, True]
    assert Event.objects.filter(kind="board.exported").count() == 1


def test_control_where_each_only_looks_both_get_it(
    cast: Cast, ready: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the conditional UPDATE, and each having read before the other deletes."""
    together, real = threading.Barrier(2, timeout=120), QuerySet.delete

    def delete(rows: QuerySet[Any]) -> tuple[int, dict[str, int]]:
        together.wait()
        return real(rows)

    monkeypatch.setattr(ExportQuerySet, "update", lambda rows, **values: rows.count())
    monkeypatch.setattr(QuerySet, "delete", delete)
    found = both(lambda: fetched(cast, ready))
    assert [each is None for each in found] == [False, False]


KILLED = """
import os, signal, sys, django
django.setup()
from partnership.outbox.work import work
from transitions.jobs import exports
real = exports.export_rows
def export_rows(rows):
    yield from real(rows)
    print("half", flush=True)
    sys.stdin.read()
exports.export_rows = export_rows
work(limit=1)
"""


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_worker_killed_midway_leaves_nothing_and_the_next_makes_one_file(
    cast: Cast, sign_in: SignIn, tmp_path: Path, format: str
) -> None:
    for n in range(3):
        make_road(cast.junior, cast.secondary, forename=f"Child{n}", surname="Marsh")
    client = sign_in(cast.senco)
    export = ask(client, format=format)
    env = process_environment("worker") | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "half\n"
        worker.send_signal(signal.SIGKILL)
    export.refresh_from_db()
    assert export.state == ExportState.MAKING
    assert not ExportFile.objects.exists()
    assert release(at=timezone.now() + timedelta(minutes=2)) == 1
    assert work() == 1
    assert ExportFile.objects.count() == 1
    assert Job.objects.get().state == JobState.DONE
    assert Job.objects.get().attempts == 2
    content = bytes(ExportFile.objects.get().content)
    assert format == "xlsx" or len(rows_of_csv(content)) == 4
    left = list(tmp_path.glob("openpyxl.*"))
    assert bool(left) == (format == "xlsx"), "what a kill leaves of a sheet lies here"


def test_the_clock_takes_away_what_a_kill_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("openpyxl.left", "of-somebody-else"):
        (tmp_path / name).write_text("Robin Marsh")
    at = timezone.now()
    assert clear_abandoned(at=at) == 0, "it may still be written"
    old = time.time() - ABANDONED_AFTER.total_seconds() - 1
    for path in tmp_path.iterdir():
        os.utime(path, (old, old))
    assert clear_abandoned(at=at) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["of-somebody-else"]


def test_in_the_workers_own_role_a_file_is_made_fetched_and_swept(cast: Cast, sign_in: SignIn) -> None:
    """All rights that the worker needs it has: made, failed, outdated."""
    make_road(cast.junior, cast.secondary, forename="Robin", surname="Marsh")
    client = sign_in(cast.senco)
    made = ask(client)
    cast.head.posts.update(ends_on=timezone.localdate())
    lost = ask(sign_in(cast.head))
    cast.head.posts.update(ends_on=timezone.localdate() - timedelta(days=1))
    as_worker("from partnership.outbox.work import work; work()")
    assert states(made, lost) == [ExportState.READY, ExportState.FAILED]
    past = timezone.now() - timedelta(hours=30)
    Export.objects.filter(pk=made.pk).update(at=past, expires_at=past + timedelta(hours=20))
    Export.objects.filter(pk=lost.pk).update(at=past, expires_at=past + timedelta(hours=10))
    as_worker(
        "from django.utils import timezone; from transitions.actions.exports import delete_outdated; "
        "delete_outdated(at=timezone.now())"
    )
    assert states(made) == [ExportState.EXPIRED]
    assert not ExportFile.objects.exists()
    assert not Export.objects.filter(pk=lost.pk).exists()


def as_worker(does: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {does}"],
        env=process_environment("worker"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def states(*exports: Export) -> list[str]:
    for each in exports:
        each.refresh_from_db()
    return [each.state for each in exports]

"""The runner of jobs: claims one, keeps its lease alive while it runs, and writes down how it ended."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from partnership.access import rls
from partnership.outbox.enums import JobState
from partnership.outbox.jobs import LEASE, JobLost, JobRefused, JobRun, function_of
from partnership.outbox.models import Job

log = logging.getLogger(__name__)

HEARTBEAT = LEASE.total_seconds() / 4
OUR_FAULT = "Something went wrong on our side, and nothing was changed. Try again, or tell your coordinator."

Clock = Callable[[], datetime]


def work(*, clock: Clock = timezone.now, limit: int = 100) -> int:
    """Run queued jobs one after the other, oldest first; how many were run."""
    for number in range(limit):
        run = claim(at=clock())
        if run is None:
            return number
        run_one(run, clock=clock)
    return limit


def claim(*, at: datetime, skip_locked: bool = True) -> JobRun | None:
    """Take the next queued job; two workers never take the same one."""
    with rls.as_worker():
        queued = Job.objects.queued()
        if skip_locked:
            queued = queued.select_for_update(skip_locked=True, of=("self",))
        job = queued.order_by("created_at", "id").first()
        if job is None:
            return None
        lease = uuid.uuid4()
        Job.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING, lease=lease, lease_until=at + LEASE, attempts=F("attempts") + 1
        )
        return JobRun(job.pk, job.kind, job.by_id, job.input, job.attempts + 1, lease)


def run_one(run: JobRun, *, clock: Clock = timezone.now) -> None:
    """Run a claimed job to its end. A refusal keeps its sentence; any other error is logged and told in general."""
    function = function_of(run.kind)
    try:
        with _heartbeat(run):
            if function is None:
                raise JobRefused("This kind of work is not known here any more.")
            result = function(run)
    except JobRefused as refusal:
        _finish(run, state=JobState.FAILED, error=str(refusal)[:500], at=clock())
    except JobLost:
        log.warning("The job %s went to another worker.", run.id)
    except Exception:
        log.exception("The job %s (%s) failed.", run.id, run.kind)
        _finish(run, state=JobState.FAILED, error=OUR_FAULT, at=clock())
    else:
        _finish(run, state=JobState.DONE, result=result, done=F("total"), at=clock())


def _finish(run: JobRun, *, state: JobState, at: datetime, **values: Any) -> None:
    with rls.as_worker():
        mine = Job.objects.filter(pk=run.id, state=JobState.RUNNING, lease=run.lease)
        if not mine.update(state=state, finished_at=at, lease=None, lease_until=None, **values):
            log.warning("The job %s ended after its lease was gone.", run.id)


@contextmanager
def _heartbeat(run: JobRun) -> Iterator[None]:
    """Renew the lease from a thread of its own, so that one long step is not taken for a crash.

    Inside somebody's transaction (a test) the row is not to be seen by another connection: no thread then.
    """
    if connection.in_atomic_block:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(run, stop), name=f"job-{run.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def _beat(run: JobRun, stop: threading.Event) -> None:
    while not stop.wait(HEARTBEAT):
        try:
            with rls.as_worker():
                mine = Job.objects.filter(pk=run.id, state=JobState.RUNNING, lease=run.lease)
                mine.update(lease_until=timezone.now() + LEASE)
        except Exception as error:
            log.warning("The lease of job %s could not be renewed: %s", run.id, error)
        finally:
            connection.close()

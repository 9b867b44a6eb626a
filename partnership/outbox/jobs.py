"""Long work: the registry of kinds, and starting one. A feature's own `jobs.py` registers here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from partnership.access import rls
from partnership.access.viewer import Viewer
from partnership.outbox.enums import JobState
from partnership.outbox.models import Job
from partnership.outbox.nudge import nudge_after_commit

LEASE = timedelta(seconds=60)


class JobRefused(Exception):
    """The work cannot be done; the text is one sentence for the person who asked."""


class JobLost(Exception):
    """The lease went to another worker: this run must stop without writing."""


@dataclass(frozen=True)
class JobRun:
    """What a job's function gets. It runs outside any transaction and opens its own, short ones.

    A run may be the second after a crash (`attempt` > 1): staging rows of the first are still there.
    """

    id: uuid.UUID
    kind: str
    by_id: uuid.UUID | None
    input: Mapping[str, Any]
    attempt: int
    lease: uuid.UUID

    def acting(self) -> AbstractContextManager[Viewer]:
        """A transaction as the person who began the job, with their reach of today."""
        if self.by_id is None:
            raise JobRefused("Nobody stands behind this work, so it may not see anything.")
        return rls.acting_as(self.by_id)

    def progress(self, done: int, total: int) -> None:
        """Say how far it is, in a transaction of its own; call it between chunks, never inside one.

        Raises JobLost when the job has gone to another worker meanwhile.
        """
        with rls.as_worker():
            mine = Job.objects.filter(pk=self.id, state=JobState.RUNNING, lease=self.lease)
            if not mine.update(
                done=min(done, total),
                total=total,
                lease_until=Greatest("lease_until", Value(timezone.now() + LEASE)),
            ):
                raise JobLost


JobFunction = Callable[[JobRun], dict[str, Any]]
_functions: dict[str, JobFunction] = {}


def register(kind: str, function: JobFunction) -> None:
    """Make a kind of work known. The function returns the result as plain JSON. Twice is a fault of the code."""
    if kind in _functions:
        raise ValueError(f"The kind of job {kind} is registered twice.")
    _functions[kind] = function


def unregister(kind: str) -> None:
    """Forget a kind; for tests."""
    _functions.pop(kind, None)


def function_of(kind: str) -> JobFunction | None:
    return _functions.get(kind)


def start_job(kind: str, *, by: uuid.UUID | None, input: Mapping[str, Any]) -> Job:
    """Queue long work in the caller's transaction; a worker is nudged when it commits."""
    if kind not in _functions:
        raise LookupError(f"No feature does the work {kind}.")
    job = Job.objects.create(kind=kind, by_id=by, input=dict(input))
    nudge_after_commit("work")
    return job

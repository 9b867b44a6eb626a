"""The four tasks of the whole project. Each is thin: read the clock, call the domain."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task, signals
from django.utils import timezone

from partnership.outbox import collect as collecting
from partnership.outbox import deliver as delivering
from partnership.outbox import housekeeping
from partnership.outbox import release as releasing
from partnership.outbox import work as working
from partnership.outbox.nudge import nudge

log = logging.getLogger(__name__)


@shared_task(name="partnership.outbox.tasks.collect")
def collect() -> None:
    """What is due becomes messages and mails; then the mails go out."""
    outcome = collecting.collect(at=timezone.now())
    log.info(
        "Collected %s notices, %s mails; failed: %s", outcome.notices, outcome.mails, outcome.failed or "none"
    )
    deliver()


@shared_task(name="partnership.outbox.tasks.deliver")
def deliver() -> None:
    """New urgent messages become mails; what waits is sent."""
    collecting.make_mail(at=timezone.now())
    outcome = delivering.deliver()
    if outcome.sent or outcome.dropped or outcome.failed:
        log.info("Sent %s mails, %s not needed, %s failed", outcome.sent, outcome.dropped, outcome.failed)


@shared_task(name="partnership.outbox.tasks.release")
def release() -> None:
    """What a killed worker held goes back; what is outdated goes away."""
    freed = releasing.release(at=timezone.now())
    releasing.wipe_letters(at=timezone.now())
    housekeeping.sweep_all(at=timezone.now())
    if freed:
        log.warning("Freed %s leases of workers that stopped.", freed)


@shared_task(name="partnership.outbox.tasks.work", time_limit=1800)
def work() -> None:
    """Queued jobs are run."""
    working.work()


@signals.worker_ready.connect
def begin_at_once(**unused: Any) -> None:
    """A worker that comes up catches up: beat's first tick is a whole interval away."""
    for task in ("release", "collect", "work"):
        nudge(task)

"""Freeing what a killed worker held: its lease has run out, so the work goes back or, tried too often, aside."""

from __future__ import annotations

from datetime import datetime, timedelta

from partnership.access import rls
from partnership.outbox.claims import FREE, TRIES
from partnership.outbox.enums import DeliveryState, JobState
from partnership.outbox.models import Delivery, Job

JOB_TRIES = 3
KEEP_LETTERS = timedelta(days=14)
STOPPED = "The work stopped before it was done, three times. Start it again, or tell your coordinator."


def release(*, at: datetime) -> int:
    """Put stuck deliveries and jobs back in their queues; how many there were."""
    with rls.as_worker():
        stuck = Delivery.objects.stuck(at=at)
        parked = stuck.filter(attempts__gte=TRIES).update(
            state=DeliveryState.PARKED, last_error="The worker stopped while sending it.", **FREE
        )
        back = stuck.update(state=DeliveryState.WAITING, due_at=at, **FREE)
        jobs = Job.objects.stuck(at=at)
        failed = jobs.filter(attempts__gte=JOB_TRIES).update(
            state=JobState.FAILED, error=STOPPED, finished_at=at, **FREE
        )
        queued = jobs.update(state=JobState.QUEUED, **FREE)
        return parked + back + failed + queued


def wipe_letters(*, at: datetime) -> int:
    """Parked letters lose their text after a fortnight: an old link in them is of no use to anyone."""
    with rls.as_worker():
        old = Delivery.objects.parked().filter(letter__isnull=False, created_at__lt=at - KEEP_LETTERS)
        return old.update(letter=None, state=DeliveryState.DROPPED)

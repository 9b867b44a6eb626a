"""Worker, clock and broker together: what is committed is sent within seconds, not at the next tick."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from partnership.accounts.models import User
from partnership.outbox.enums import DeliveryState, JobState, Urgency
from partnership.outbox.jobs import start_job
from partnership.outbox.models import Delivery
from partnership.outbox.notices import Notice, enqueue
from partnership.outbox.schedule import BEAT_SCHEDULE
from tests.conftest import process_environment
from tests.faults.conftest import ROOT
from tests.faults.worker import KIND, SLOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services, pytest.mark.usefixtures("kinds")]

SOON = 25.0
COMES_UP = 180.0


@pytest.fixture
def celery(transactional_db: None, broker: str, tmp_path: Path) -> Iterator[None]:
    """A worker with its clock, as in the demo."""
    command = [
        "worker",
        "-B",
        "--concurrency=1",
        "--pool=solo",
        "--without-gossip",
        "--without-mingle",
        "--loglevel=warning",
    ]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "tests.faults.clock",
                *command,
                f"--schedule={tmp_path / 'beat'}",
            ],
            cwd=ROOT,
            env=process_environment("worker")
            | {"TEST_EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"},
            stdout=log,
            stderr=log,
        )
    yield
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(happened: Callable[[], bool], *, seconds: float) -> float:
    """How long it took."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if happened():
            return time.monotonic() - start
        time.sleep(0.1)
    raise AssertionError(f"It did not happen within {seconds} seconds.")


def sent(number: int) -> Callable[[], bool]:
    return lambda: Delivery.objects.filter(state=DeliveryState.SENT).count() == number


def tell(user: User, key: str) -> None:
    with transaction.atomic():
        enqueue(Notice(key, KIND, user.pk, timezone.now(), urgency=Urgency.NOW))


def test_a_worker_that_comes_up_catches_up_and_a_nudge_wakes_it(user: User, celery: None) -> None:
    tell(user, "before it was up")
    until(sent(1), seconds=COMES_UP)
    tell(user, "while it is up")
    assert until(sent(2), seconds=SOON) < BEAT_SCHEDULE["deliver"]["schedule"]
    job = start_job(SLOW, by=user.pk, input={})

    def done() -> bool:
        job.refresh_from_db()
        return job.state == JobState.DONE

    until(done, seconds=SOON + 15)

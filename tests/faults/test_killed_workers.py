"""kill -9 at the worst moments: nothing is lost, and a second copy can be told by its Message-ID (walls §3)."""

from __future__ import annotations

import subprocess
import threading
import time
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from partnership.accounts.models import User
from partnership.outbox.claims import BATCH, TRIES
from partnership.outbox.collect import make_mail
from partnership.outbox.compose import message_id
from partnership.outbox.deliver import LINES
from partnership.outbox.enums import DeliveryState, JobState, Urgency
from partnership.outbox.jobs import start_job
from partnership.outbox.models import Delivery, Job, Message
from partnership.outbox.notices import Notice, enqueue
from partnership.outbox.release import release
from tests.faults.conftest import Spawn
from tests.faults.smtp import Sink
from tests.faults.worker import KIND, POISON, SLOW, STEPS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services, pytest.mark.usefixtures("kinds")]

LEASE_OVER = timedelta(seconds=61)
WORKERS = 2
MAILS = 250


def tell(user: User, number: int, *, kind: str = KIND) -> None:
    now = timezone.now()
    notices = [Notice(f"{kind}:{n}", kind, user.pk, now, urgency=Urgency.NOW) for n in range(number)]
    enqueue(*notices)
    enqueue(*notices)  # told twice, as a second beat would
    make_mail(at=now)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate(timeout=180)
    assert process.returncode == 0, said.decode()


def kill_both(workers: list[subprocess.Popen[bytes]], sink: Sink, *, after: int) -> None:
    """SIGKILL when that many mails have come: after the mail has been taken and before it is marked."""
    killed = threading.Event()

    def kill(number: int) -> None:
        if number >= after and not killed.is_set():
            killed.set()
            for worker in workers:
                worker.kill()

    sink.before_thanks = kill
    in_time = killed.wait(180)
    for worker in workers:
        worker.kill()
    said = [worker.communicate()[1].decode() for worker in workers]
    assert in_time, said
    sink.before_thanks = lambda number: None


def a_minute_later() -> None:
    """The leases have run out and the clock has ticked, without the minute."""
    release(at=timezone.now() + LEASE_OVER)
    Delivery.objects.filter(state=DeliveryState.WAITING).update(due_at=timezone.now())


def test_three_kills_lose_nothing_and_copy_only_what_was_in_flight(
    user: User, spawn: Spawn, sink: Sink
) -> None:
    tell(user, MAILS)
    for kill_at in (20, 100, 180):
        kill_both([spawn("deliver"), spawn("deliver")], sink, after=kill_at)
        held = Delivery.objects.filter(state=DeliveryState.SENDING).count()
        assert 0 < held <= WORKERS * LINES * BATCH, "what waits for the lease of the killed to end"
        a_minute_later()
    finish(spawn("deliver"))

    expected = {message_id(pk) for pk in Delivery.objects.values_list("pk", flat=True)}
    copies = Counter(sink.ids)
    assert set(copies) == expected, "every mail arrived"
    assert len(expected) == MAILS
    extra = sum(copies.values()) - MAILS
    assert 3 <= extra <= 3 * WORKERS * LINES, "one at least for each kill, and at most what was in flight"
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert Message.objects.filter(recipient=user).count() == MAILS, "in the page exactly once each"


def test_a_mail_that_kills_its_worker_is_parked_and_holds_up_none(
    user: User, spawn: Spawn, sink: Sink
) -> None:
    """It stands in a batch with others, who lose one try by it and no more: from then on it travels alone."""
    tell(user, 1, kind=POISON)
    tell(user, 10)
    together = timezone.now()
    Delivery.objects.update(due_at=together)
    for _ in range(TRIES):
        process = spawn("deliver")
        process.wait(timeout=180)
        a_minute_later()
    finish(spawn("deliver"))
    parked = Delivery.objects.get(state=DeliveryState.PARKED)
    assert parked.messages.get().kind == POISON
    sent = Delivery.objects.filter(state=DeliveryState.SENT)
    assert Counter(sink.ids) == Counter(message_id(pk) for pk in sent.values_list("pk", flat=True))
    assert len(sink.ids) == 10
    assert set(sent.values_list("attempts", flat=True)) == {2}


def test_the_job_of_a_killed_worker_is_resumed(user: User, spawn: Spawn) -> None:
    job = start_job(SLOW, by=user.pk, input={"file": str(uuid.uuid4())})
    process = spawn("work")
    seen = wait_for_progress(job)
    assert 0 < seen.done < STEPS, "progress is seen while the job runs"
    process.kill()
    process.wait()
    assert release(at=timezone.now() + timedelta(seconds=30)) == 0
    assert release(at=timezone.now() + LEASE_OVER) == 1
    finish(spawn("work"))
    job.refresh_from_db()
    assert (job.state, job.done, job.result) == (JobState.DONE, STEPS, {"attempt": 2})


def wait_for_progress(job: Job) -> Job:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        job.refresh_from_db()
        if job.done > 2:
            return job
        time.sleep(0.05)
    raise AssertionError("The job never began.")

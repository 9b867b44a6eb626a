"""What the outbox carries, by what one SMTP connection carries in the same run: real messages, worded for their readers.

The yardstick makes the same mail: one that the outbox worded, put together anew each time by the same classes, sent over
one open connection to the same server. It asks no database whether anything holds, and marks nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from bench import server
from bench.report import Report

MAILS = 18_000
SLICE = 1500
KINDS = {
    "settled": ("handover_settled", "handover_received"),
    "accepted": ("handover_accepted", "handover_received"),
    "met": ("handover_met", "handover_received"),
}
"""By the state of a handover, what its sender has been told and still holds."""


def measure(report: Report, *, mails: int = MAILS) -> None:
    """As after a day when no mail went out: each sender is told of each of its children. Then the dearest there is: as
    many people as may be told, one mail each, so that each needs a context of its own."""
    server.use(server.DATABASES["1"])
    with sink() as port:
        share, said = compared(port, told(mails))
        report.fact("mails, by what one SMTP connection carries", "≥ 0.5×", said, share >= 0.5)
        report.told("the same, each to somebody else", compared(port, told_each(mails))[1])


Told = list[tuple[str, uuid.UUID, uuid.UUID, uuid.UUID]]
"""Kind, handover, next school and recipient."""


def told(mails: int) -> Told:
    """Of each handover that has come so far, the newest first, whoever shared it."""
    from transitions.models import Receipt

    rows = Receipt.objects.filter(version__handover__state__in=KINDS).order_by("-at", "pk")
    facts = rows.values_list(
        "version__handover__state", "version__handover_id", "reader_id", "version__shared_by_id"
    )
    found = {
        (kind, handover): (kind, handover, reader, by)
        for state, handover, reader, by in facts.iterator()
        for kind in KINDS[state]
    }
    return list(islice(found.values(), mails))


def told_each(mails: int) -> Told:
    """For each leading post at a school that has sent children, one of them."""
    from django.utils import timezone

    from schools.models import Post
    from transitions.actions.applying import LEADS
    from transitions.models import Handover

    sent = Handover.objects.filter(state__in=KINDS).values_list(
        "school_id", "state", "pk", "transition__to_school_id"
    )
    by_school = {
        school: (KINDS[state][0], handover, reader) for school, state, handover, reader in sent.iterator()
    }
    posts = Post.objects.current(on=timezone.localdate()).filter(role__in=LEADS, organisation__in=by_school)
    people = dict(posts.values_list("user_id", "organisation_id"))
    return [(*by_school[school], user) for user, school in islice(people.items(), mails)]


def compared(port: int, facts: Told) -> tuple[float, str]:
    """In slices, one person's mails together as they are claimed anyway: half of each slice is sent plainly before, half
    after; between them the worker's process empties the outbox. So what else the machine does bears on both."""
    from django.conf import settings

    env = os.environ | {
        "DATABASE_ROLE": "worker", "PARTNERSHIP_BENCH_DIR": str(settings.RUN_DIR),
        "TEST_DATABASE_NAME": server.DATABASES["1"],
    }  # fmt: skip
    command = [sys.executable, "-m", "bench.mail", "deliver", str(port)]
    ours, plain = Spent(), Spent()
    forget()
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            for slice_ in batched(sorted(facts, key=itemgetter(3)), SLICE):
                lay(slice_)
                pattern = worded()
                half = len(slice_) // 2
                plain.add(*sent_plainly(port, half, pattern))
                print("go", file=worker.stdin, flush=True)
                sent, *took = worker.stdout.readline().split()
                plain.add(*sent_plainly(port, len(slice_) - half, pattern))
                if int(sent) != len(slice_):
                    raise RuntimeError(f"{sent} of {len(slice_)} mails were sent: the rest did not hold.")
                ours.add(*map(float, took))
                forget()
        finally:
            worker.stdin.close()
            forget()
    people = len({recipient for *_, recipient in facts})
    return plain.wall / ours.wall, (
        f"{plain.wall / ours.wall:.2f}× ({len(facts):,} to {people:,} people in {ours.wall:.0f} s, by {plain.wall:.0f} s; "
        f"of the sender's own processor {ours.processor / len(facts) * 1000:.1f} ms a mail, by "
        f"{plain.processor / len(facts) * 1000:.1f})"
    )


@dataclass
class Spent:
    """Seconds by the clock on the wall, and of the sending process's own work."""

    wall: float = 0
    processor: float = 0

    def add(self, wall: float, processor: float) -> None:
        self.wall += wall
        self.processor += processor


def batched(facts: Told, size: int) -> Iterator[Told]:
    return (facts[start : start + size] for start in range(0, len(facts), size))


def forget() -> None:
    from partnership.outbox.models import Delivery, Message

    Message.objects.filter(key__startswith="bench:").delete()
    Delivery.objects.all().delete()


def lay(facts: Told) -> None:
    """One message and one mail each, as the clock's task makes them."""
    from django.utils import timezone

    from partnership.outbox.models import Delivery, Message

    now = timezone.now()
    mails = [Delivery(id=uuid.uuid4(), recipient_id=by, due_at=now, any_hour=True) for *_, by in facts]
    Delivery.objects.bulk_create(mails, batch_size=2000)
    Message.objects.bulk_create(
        (
            Message(
                key=f"bench:{kind}:{handover}:{by}", kind=f"transitions.{kind}", recipient_id=by, urgency="now", due_at=now,
                needs_mail=False, delivery=mail,
                facts={"subject": str(handover), "organisation": str(reader), "version": 1},
            )
            for (kind, handover, reader, by), mail in zip(facts, mails, strict=True)
        ),
        batch_size=2000,
    )  # fmt: skip


def worded() -> dict[str, str]:
    """One of the mails as the outbox words it, to be sent plainly."""
    from django.utils import timezone

    from partnership.outbox.claims import BATCH, claim, give_back_untried
    from partnership.outbox.deliver import prepare

    held = claim(at=timezone.now(), limit=BATCH)
    try:
        mail = prepare(held[:1], at=timezone.now())[0].mail
    finally:
        give_back_untried(held, error=RuntimeError("only looked at"))
    assert mail is not None
    return {
        "to": mail.to[0], "subject": str(mail.subject), "text": str(mail.body), "html": str(mail.alternatives[0][0])
    }  # fmt: skip


def sent_plainly(port: int, mails: int, pattern: dict[str, str]) -> tuple[float, float]:
    """Seconds for so many mails over one connection, each put together anew, and those of this process's own work."""
    from django.core.mail import get_connection
    from django.utils import timezone

    from partnership.outbox.compose import build

    began, worked = time.perf_counter(), time.process_time()
    with get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port
    ) as connection:
        for _ in range(mails):
            connection.send_messages([build(delivery_id=uuid.uuid4(), at=timezone.now(), **pattern)])
    return time.perf_counter() - began, time.process_time() - worked


@contextmanager
def sink() -> Iterator[int]:
    """A mail server in a process of its own; its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.mail", "sink"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def deliver(port: int) -> None:
    """In the worker's process: at each word as the clock's task does, until nothing waits."""
    import django

    django.setup()
    from django.conf import settings

    from partnership.outbox.deliver import deliver as send

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    for _ in sys.stdin:
        began, worked, total = time.perf_counter(), time.process_time(), 0
        while sent := send().sent:
            total += sent
        print(total, time.perf_counter() - began, time.process_time() - worked, flush=True)


def serve() -> None:
    from tests.faults.smtp import Sink

    with Sink() as taker:
        print(taker.port, flush=True)
        time.sleep(24 * 60 * 60)


if __name__ == "__main__":
    if sys.argv[1] == "sink":
        serve()
    else:
        deliver(int(sys.argv[2]))

"""What the outbox carries, by what one SMTP connection carries in the same run: real messages, worded for their readers."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import time
import uuid
from itertools import islice

from bench import server
from bench.report import Report

MAILS = 18_000


def measure(report: Report, *, mails: int = MAILS) -> None:
    """Half of the plain sending before, half after; between them the worker's process empties the outbox."""
    from django.conf import settings

    from partnership.outbox.models import Delivery, Message

    server.use(server.DATABASES["1"])
    lay(mails)
    sink = subprocess.Popen([sys.executable, "-m", "bench.mail", "sink"], stdout=subprocess.PIPE, text=True)
    assert sink.stdout is not None
    port = sink.stdout.readline().strip()
    try:
        plain = sent_plainly(int(port), mails // 2)
        env = os.environ | {
            "DATABASE_ROLE": "worker", "PARTNERSHIP_BENCH_DIR": str(settings.RUN_DIR),
            "TEST_DATABASE_NAME": server.DATABASES["1"],
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bench.mail", "deliver", port],
            env=env,
            check=True,
            capture_output=True,
            text=True,
        )
        plain += sent_plainly(int(port), mails - mails // 2)
        sent, took = done.stdout.split()
    finally:
        sink.terminate()
        sink.wait()
        Message.objects.filter(key__startswith="bench:").delete()
        Delivery.objects.all().delete()
    share = (int(sent) / float(took)) / (mails / plain)
    said = f"{share:.2f}× ({int(sent):,} in {float(took):.0f} s, by {plain:.0f} s)"
    report.fact("mails, by what one SMTP connection carries", "≥ 0.5×", said, share >= 0.5)


def lay(mails: int) -> None:
    """One message and one mail each, as a settled handover makes them."""
    from django.utils import timezone

    from partnership.outbox.models import Delivery, Message
    from transitions.models import Receipt

    now = timezone.now()
    rows = Receipt.objects.filter(version__handover__state="settled").order_by("pk")
    facts = rows.values_list("version__handover_id", "reader_id", "by_id")
    found = list(islice(facts.iterator(), mails))
    deliveries = [Delivery(id=uuid.uuid4(), recipient_id=by, due_at=now, any_hour=True) for _, _, by in found]
    Delivery.objects.bulk_create(deliveries, batch_size=2000)
    Message.objects.bulk_create(
        (
            Message(
                key=f"bench:{handover}", kind="transitions.handover_settled", recipient_id=by, urgency="now", due_at=now,
                needs_mail=False, delivery=delivery,
                facts={"subject": str(handover), "organisation": str(reader), "version": 1},
            )
            for (handover, reader, by), delivery in zip(found, deliveries, strict=True)
        ),
        batch_size=2000,
    )  # fmt: skip


def sent_plainly(port: int, mails: int) -> float:
    """Seconds for so many mails of the same size over one connection."""
    body = "From: a@b.example\r\nTo: c@d.example\r\nSubject: A handover\r\n\r\n" + (
        "A line of a mail.\r\n" * 150
    )
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for _ in range(mails):
            smtp.sendmail("a@b.example", ["c@d.example"], body)
    return time.perf_counter() - began


def deliver(port: int) -> None:
    """In the worker's process: as the clock's task does, until nothing waits."""
    import django

    django.setup()
    from django.conf import settings

    from partnership.outbox.deliver import deliver as send

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    began, total = time.perf_counter(), 0
    while sent := send().sent:
        total += sent
    print(total, time.perf_counter() - began)


def sink() -> None:
    from tests.faults.smtp import Sink

    with Sink() as server:
        print(server.port, flush=True)
        time.sleep(24 * 60 * 60)


if __name__ == "__main__":
    if sys.argv[1] == "sink":
        sink()
    else:
        deliver(int(sys.argv[2]))

"""A worker in a process of its own, as the worker's role: `python -m tests.journeys.worker MAIL_PORT [--clock]`.

It does the jobs that wait until it is ended; with `--clock` it plays one tick of the clock: collect, then deliver."""

from __future__ import annotations

import sys
import time

import django


def main(port: int, *, clock: bool) -> None:
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.OUTBOX_MAIL_HOURS = "always"
    from partnership.outbox.collect import collect
    from partnership.outbox.deliver import deliver
    from partnership.outbox.work import work

    if clock:
        collect(at=timezone.now())
        deliver()
        return
    while True:
        work()
        time.sleep(0.2)


if __name__ == "__main__":
    main(int(sys.argv[1]), clock="--clock" in sys.argv)

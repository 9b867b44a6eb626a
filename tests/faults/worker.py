"""A worker in a process of its own, to be killed: `python -m tests.faults.worker deliver|work PORT`."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import django

KIND = "tests.fault"
POISON = "tests.poison"
SLOW = "tests.slow"
STEPS = 40


def main(what: str, port: int) -> None:
    django.setup()
    register()
    from django.conf import settings

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.OUTBOX_MAIL_HOURS = "always"
    from partnership.outbox.deliver import deliver
    from partnership.outbox.work import work

    if what == "deliver":
        while deliver().sent:  # as tick after tick
            pass
    else:
        work()


def register() -> None:
    """The kinds of the test: one that is well, one that takes its process with it, and a slow job."""
    from partnership.outbox import jobs, reminders
    from partnership.outbox.reminders import Rendered

    def render(message: Any, viewer: Any) -> Rendered:
        return Rendered("A handover waits for you", "It waits", "/", "Open it")

    def die(message: Any, viewer: Any) -> Rendered:
        os._exit(9)

    def slow(run: jobs.JobRun) -> dict[str, Any]:
        for done in range(1, STEPS + 1):
            run.progress(done, STEPS)
            time.sleep(0.02 if run.attempt > 1 else 0.2)
        return {"attempt": run.attempt}

    reminders.register(KIND, render=render)
    reminders.register(POISON, render=die)
    jobs.register(SLOW, slow)


def unregister() -> None:
    from partnership.outbox import jobs, reminders

    reminders.unregister(KIND)
    reminders.unregister(POISON)
    jobs.unregister(SLOW)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""Waking a worker right after a commit. Losing a nudge costs seconds, since beat finds the work; it never costs an error."""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)

WAIT = 0.2  # seconds for a broker that does not answer (walls §3)
TASKS = {name: f"partnership.outbox.tasks.{name}" for name in ("collect", "deliver", "release", "work")}


def nudge_after_commit(task: str) -> None:
    """Nudge once when this transaction commits, however often it is asked for."""
    connection = transaction.get_connection()
    registered = (entry[1] for entry in connection.run_on_commit)
    if not any(
        isinstance(each, partial) and each.func is nudge and each.args == (task,) for each in registered
    ):
        transaction.on_commit(partial(nudge, task))


def nudge(task: str) -> None:
    """Publish one message with short timeouts and no retry; a broker that is down or silent is logged, no more."""
    options = dict(current_app.conf.broker_transport_options or {})
    options |= {"socket_timeout": WAIT, "socket_connect_timeout": WAIT, "retry_on_timeout": False}
    try:
        with current_app.connection_for_write(transport_options=options, connect_timeout=WAIT) as connection:
            connection.ensure_connection(max_retries=0, interval_start=0, interval_step=0)
            with connection.channel() as channel:
                producer = current_app.amqp.Producer(channel, auto_declare=False)
                current_app.send_task(
                    TASKS[task], producer=producer, retry=False, ignore_result=True, expires=60
                )
    except Exception as error:  # a nudge must never break the request that has just committed
        log.warning("The nudge to %s was not sent (%s); beat will find the work.", task, error)

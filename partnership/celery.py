"""The entry for Celery: clock and muscle. PostgreSQL holds the record of what is to be done (walls §3)."""

from __future__ import annotations

import os
import sys
from typing import Any

from celery import Celery, signals

from partnership.outbox.schedule import BEAT_SCHEDULE

if "celery" in sys.argv[0].replace(".", "/").split("/"):  # run as a worker or beat by hand
    os.environ.setdefault("DATABASE_ROLE", "worker")
    real = os.environ.get("SECRET_KEY") or os.environ.get("DATABASE_URL")
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", f"partnership.settings.{'production' if real else 'demo'}"
    )

app = Celery("partnership")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = BEAT_SCHEDULE
app.autodiscover_tasks()


@signals.worker_init.connect
def refuse_unsafe_role(**unused: Any) -> None:
    """A worker that could go round the row-level policies does not start."""
    from django.core.exceptions import ImproperlyConfigured

    from partnership.home import roles

    try:
        roles.refuse_unsafe_role()
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))  # Celery logs an exception of a signal and goes on; this it does not survive

"""The real worker and clock, with the kinds of the tests: `celery -A tests.faults.clock worker -B`."""

import django

django.setup()

from django.conf import settings  # noqa: E402

from partnership.celery import app  # noqa: E402
from tests.faults.worker import register  # noqa: E402

settings.OUTBOX_MAIL_HOURS = "always"
register()

__all__ = ["app"]

"""Mail of the door (reset links, notices about one's account): after commit, and beside the request."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.core.mail import EmailMessage
from django.db import transaction

logger = logging.getLogger(__name__)


@cache
def _post() -> ThreadPoolExecutor:
    """One thread of its own per process, begun with the first letter."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def send_after_commit(message: EmailMessage) -> None:
    """Send once the cause is committed, without the answer waiting for it: how long a page takes must not tell
    whether an address is known (walls §1). A failure is logged without the address; the person asks again."""
    transaction.on_commit(lambda: _post().submit(_send, message))


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception:
        logger.exception("Mail '%s' could not be sent.", message.subject)


def all_sent() -> None:
    """Return when nothing is waiting: for tests and for a command's end."""
    _post().submit(int).result(timeout=30)

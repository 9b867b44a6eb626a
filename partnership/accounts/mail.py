"""Mail of the door (reset links, notices about one's account) goes into the outbox, one layer above: by its name."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils.module_loading import import_string


def post(message: EmailMessage, *, at: datetime, keep: bool = True) -> None:
    """Queue a finished mail in the caller's transaction: the answer never waits for a mail server, so how long a
    page takes does not tell whether an address is known (walls §1). One to nobody is written and torn up."""
    html = ""
    if isinstance(message, EmailMultiAlternatives):
        html = next((str(body) for body, kind in message.alternatives if kind == "text/html"), "")
    letter = import_string(settings.LETTERS)
    for address in message.to:
        letter(to=address, subject=str(message.subject), text=str(message.body), html=html, at=at, keep=keep)

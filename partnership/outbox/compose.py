"""From messages to one mail: a plain reason and a link each, never a child's name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate, parseaddr
from functools import cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.backends.django import Template
from django.template.loader import select_template
from django.urls import reverse

from partnership.outbox.models import Message
from partnership.outbox.reminders import Attach, Kind, Rendered


@dataclass(frozen=True)
class Item:
    """What a mail says of one message. There is no field for the line that may name a child."""

    message: Message
    kind: Kind
    subject: str
    action: str
    url: str
    """Through the inbox, which asks who is there before it leads on."""
    attach: Attach | None = None
    place: str = ""
    """At which of the reader's organisations it is, where they work at several."""

    @classmethod
    def of(cls, message: Message, kind: Kind, rendered: Rendered, *, place: str = "") -> Item:
        url = absolute(reverse("inbox:open", args=[message.pk]))
        subject = " ".join(rendered.subject.split())
        return cls(message, kind, subject, rendered.action, url, rendered.attach, place)


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def message_id(delivery_id: uuid.UUID) -> str:
    """The same for every copy of a delivery, so that a receiver can tell a second one after a kill."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "partnership.invalid"
    return f"<{delivery_id}@{domain}>"


def mail_of(
    items: Sequence[Item], *, delivery_id: uuid.UUID, to: str, name: str, digest: bool, at: datetime
) -> EmailMultiAlternatives:
    """The mail in text and HTML. A kind may bring its own templates; a digest has one for all."""
    base = "mail/outbox/digest" if digest else items[0].kind.template
    if digest:
        items = sorted(items, key=lambda item: item.place)
    context = {
        "items": items,
        "item": items[0],
        "name": name,
        "inbox_url": absolute(reverse("inbox:list")),
        "preferences_url": absolute(reverse("inbox:preferences")),
        "site_url": absolute("/"),
    }

    subject, text, html = (template.render(context) for template in templates_of(base))
    mail = build(
        delivery_id=delivery_id, to=to, subject=" ".join(subject.split()), text=text, html=html, at=at
    )
    for attach in filter(None, (item.attach for item in items)):
        file = attach(to)
        mail.attach(file.name, file.content, file.mimetype)
    return mail


@cache
def templates_of(base: str) -> tuple[Template, ...]:
    """Subject, text and HTML, looked for once: the kind's own, else those for all."""
    return tuple(
        select_template([f"{base}.{ending}", f"mail/outbox/message.{ending}"])
        for ending in ("subject.txt", "txt", "html")
    )


def build(
    *, delivery_id: uuid.UUID, to: str, subject: str, text: str, html: str, at: datetime
) -> EmailMultiAlternatives:
    """The finished mail with its steady Message-ID, marked as sent by a machine so that no absence note answers."""
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[to],
        headers={
            "Message-ID": message_id(delivery_id),
            "Date": formatdate(at.timestamp()),
            "Auto-Submitted": "auto-generated",
        },
    )
    if html:
        mail.attach_alternative(html, "text/html")
    return mail

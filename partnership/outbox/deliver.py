"""Sending: claim one mail with a lease, ask again whether it still holds, send it, mark it. One commit for each.

Promise (walls §3): nothing is lost; a copy can only be sent twice when a worker is killed between sending and marking.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q
from django.utils import timezone

from partnership.access import rls
from partnership.outbox.compose import Item, build, mail_of
from partnership.outbox.enums import OVER, DeliveryState
from partnership.outbox.models import Delivery, DeliveryQuerySet, Message
from partnership.outbox.times import MailHours
from partnership.outbox.wording import word

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
TRIES = 6
BACKOFF = (1, 5, 20, 60, 240)  # minutes before the second, third… try

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Claim:
    """A delivery this worker holds until its lease ends. Recipient and address are None and '' for nobody to mail."""

    id: uuid.UUID
    lease: uuid.UUID
    attempts: int
    recipient_id: uuid.UUID | None
    to: str
    name: str
    digest: bool
    letter: dict[str, str] | None


@dataclass
class Delivered:
    """What one run did, for the log."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0


@dataclass
class Prepared:
    """A mail, or none when nothing is left to say; and the messages that could not be worded."""

    mail: EmailMultiAlternatives | None = None
    over: list[uuid.UUID] = field(default_factory=list)
    faulty: list[uuid.UUID] = field(default_factory=list)


def deliver(*, clock: Clock = timezone.now, limit: int = 500) -> Delivered:
    """Send what is waiting, until nothing is or the limit is reached."""
    outcome = Delivered()
    backend = get_connection(getattr(settings, "OUTBOX_EMAIL_BACKEND", None))
    try:
        for _ in range(limit):
            held = claim(at=clock())
            if held is None:
                break
            _deliver_one(held, backend=backend, clock=clock, outcome=outcome)
    finally:
        _hang_up(backend)
    return outcome


def claim(*, at: datetime, skip_locked: bool = True) -> Claim | None:
    """Take the next waiting delivery; two workers never take the same one. The attempt counts from here, so a mail
    that kills its worker is parked in the end too."""
    with rls.as_worker():
        waiting = Delivery.objects.waiting(at=at)
        if not MailHours.from_settings().open_at(at):
            waiting = waiting.filter(Q(any_hour=True) | Q(letter__isnull=False))
        if skip_locked:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        delivery = waiting.select_related("recipient").order_by("due_at", "id").first()
        if delivery is None:
            return None
        lease = uuid.uuid4()
        Delivery.objects.filter(pk=delivery.pk).update(
            state=DeliveryState.SENDING, lease=lease, lease_until=at + LEASE, attempts=F("attempts") + 1
        )
        person = delivery.recipient if delivery.recipient and delivery.recipient.is_active else None
        return Claim(
            id=delivery.pk,
            lease=lease,
            attempts=delivery.attempts + 1,
            recipient_id=delivery.recipient_id,
            to=(person.email or "") if person else "",
            name=person.name if person else "",
            digest=delivery.day is not None,
            letter=delivery.letter,
        )


def _deliver_one(held: Claim, *, backend: BaseEmailBackend, clock: Clock, outcome: Delivered) -> None:
    try:
        prepared = prepare(held, at=clock())
        if prepared.mail is not None:
            backend.send_messages([prepared.mail])
    except Exception as error:  # whatever is wrong with one mail, the next one goes out
        log.warning("Delivery %s, try %s, failed: %s", held.id, held.attempts, _sentence(error))
        _hang_up(backend)
        _give_back(held, error=error, at=clock())
        outcome.failed += 1
        return
    _finish(held, prepared, at=clock())
    if prepared.mail is None:
        outcome.dropped += 1
    else:
        outcome.sent += 1


def prepare(held: Claim, *, at: datetime) -> Prepared:
    """Word the mail as its recipient may know it at this moment; facts that no longer hold are left out."""
    if held.letter is not None:
        letter = held.letter
        return Prepared(build(delivery_id=held.id, at=at, **letter))
    prepared = Prepared()
    if held.recipient_id is None or not held.to:
        return prepared
    items: list[Item] = []
    with rls.acting_as(held.recipient_id) as viewer:
        mine = Message.objects.visible_to(viewer).filter(delivery_id=held.id, read_at__isnull=True)
        for each in word(list(mine.order_by("due_at", "key")), viewer):
            if each.error is not None and not held.digest:
                raise each.error
            if each.error is not None:
                prepared.faulty.append(each.message.pk)
            elif each.rendered is None or each.kind is None:
                prepared.over.append(each.message.pk)
            else:
                items.append(Item.of(each.message, each.kind, each.rendered))
    if items:
        prepared.mail = mail_of(
            items, delivery_id=held.id, to=held.to, name=held.name, digest=held.digest, at=at
        )
    return prepared


def _finish(held: Claim, prepared: Prepared, *, at: datetime) -> None:
    """Mark it sent, or not needed; a letter's text goes with that. Faulty messages of a digest go on their own."""
    with rls.as_worker():
        sent = prepared.mail is not None
        marked = _held(held).update(
            state=DeliveryState.SENT if sent else DeliveryState.DROPPED,
            sent_at=at if sent else None,
            lease=None,
            lease_until=None,
            letter=None,
            last_error="",
        )
        if not marked:
            log.warning("Delivery %s outlived its lease; a second copy may go out.", held.id)
        Message.objects.filter(pk__in=prepared.over, dropped_reason="").update(dropped_reason=OVER)
        for faulty in prepared.faulty:
            alone = Delivery.objects.create(recipient_id=held.recipient_id, due_at=at)
            Message.objects.filter(pk=faulty).update(delivery=alone)


def _give_back(held: Claim, *, error: Exception, at: datetime) -> None:
    """Try again later, later each time; after the last try, or a refused address, park it for a person to look at."""
    parked = held.attempts >= TRIES or isinstance(error, SMTPRecipientsRefused)
    wait = timedelta(minutes=BACKOFF[min(held.attempts, len(BACKOFF)) - 1])
    with rls.as_worker():
        _held(held).update(
            state=DeliveryState.PARKED if parked else DeliveryState.WAITING,
            due_at=at + wait,
            lease=None,
            lease_until=None,
            last_error=_sentence(error),
        )


def _held(held: Claim) -> DeliveryQuerySet:
    return Delivery.objects.filter(pk=held.id, state=DeliveryState.SENDING, lease=held.lease)


def _sentence(error: Exception) -> str:
    """Kind of error and the server's answer, short. Rendering errors keep their kind only: text could hold a name."""
    from smtplib import SMTPException

    said = str(error) if isinstance(error, SMTPException | OSError) else ""
    return f"{type(error).__name__}{': ' if said else ''}{said}"[:300]


def _hang_up(backend: BaseEmailBackend) -> None:
    try:
        backend.close()
    except Exception as error:
        log.info("The mail server hung up first: %s", error)

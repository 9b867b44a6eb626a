"""What a worker holds: mails claimed together under one lease, then marked or given back one by one.

Only who still holds a mail may mark it; a lease that has run out and was freed is never taken up again."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from smtplib import SMTPException, SMTPRecipientsRefused

from django.db import connection
from django.db.models import F, Q

from partnership.access import rls
from partnership.outbox.enums import DeliveryState
from partnership.outbox.models import Delivery, DeliveryQuerySet
from partnership.outbox.times import MailHours, people_at_work

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 100  # how many a kill holds back for the length of a lease
TRIES = 6
BACKOFF = (1, 5, 20, 60, 240)  # minutes before the second, third… try

STALE = timedelta(minutes=15)
LATER = timedelta(minutes=30)
"""After how long a mail asks again whether its recipient works, and how long it waits where they do not."""

FREE = {"lease": None, "lease_until": None}
AS_WORKER = "SELECT set_config('role', %s, true)"
MARK = """
    UPDATE outbox_delivery
    SET state = %s, sent_at = %s, lease = NULL, lease_until = NULL, letter = NULL, last_error = ''
    WHERE id = %s AND state = 'sending' AND lease = %s
"""


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


def claim(*, at: datetime, limit: int = BATCH, skip_locked: bool = True) -> list[Claim]:
    """Take the next waiting deliveries, one person's together; two workers never take the same one.

    The attempt counts from here, so a mail that kills its worker is parked in the end too. What has been tried before
    goes alone: it may be such a mail, and must not use up the tries of others."""
    with rls.as_worker():
        waiting = Delivery.objects.waiting(at=at)
        if not MailHours.from_settings().open_at(at):
            waiting = waiting.filter(Q(any_hour=True) | Q(letter__isnull=False))
        if skip_locked:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        found = list(waiting.select_related("recipient").order_by("due_at", "recipient_id", "id")[:limit])
        found = put_off(found, at=at)
        taken = list(takewhile(lambda each: each.attempts == 0, found)) or found[:1]
        if not taken:
            return []
        lease = uuid.uuid4()
        Delivery.objects.filter(pk__in=[each.pk for each in taken]).update(
            state=DeliveryState.SENDING, lease=lease, lease_until=at + LEASE, attempts=F("attempts") + 1
        )
        return [_claim_of(each, lease) for each in taken]


def put_off(found: list[Delivery], *, at: datetime) -> list[Delivery]:
    """Those that may be tried now. What has waited since its making, or was tried before, is asked for again: its
    recipient may have gone home meanwhile, and then it is looked at later."""
    stale = [
        each
        for each in found
        if each.recipient_id and not each.any_hour and (each.attempts or at - each.due_at > STALE)
    ]
    people = {each.recipient_id for each in stale if each.recipient_id}
    away = people - people_at_work(people, at=at)
    later = {each.pk for each in stale if each.recipient_id in away}
    if later:
        Delivery.objects.filter(pk__in=later).update(due_at=at + LATER)
    return [each for each in found if each.pk not in later]


def _claim_of(delivery: Delivery, lease: uuid.UUID) -> Claim:
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


def renew(batch: Sequence[Claim], *, at: datetime) -> set[uuid.UUID]:
    """Begin the lease anew; the ids of those that are still held, for no other may be sent."""
    with rls.as_worker():
        held = _held(*batch)
        held.update(lease_until=at + LEASE)
        return set(held.values_list("pk", flat=True))


def mark(held: Claim, *, sent_at: datetime | None) -> None:
    """It has gone out; without a time, nothing was left to say. A letter's text goes with that.

    This is what each single mail costs: outside a transaction its role, the statement and its commit are one exchange with
    the database, and the role ends with it."""
    state = DeliveryState.SENT if sent_at else DeliveryState.DROPPED
    values = [state.value, sent_at, held.id, held.lease]
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            with rls.as_worker():
                cursor.execute(MARK, values)
        else:
            cursor.execute(f"{AS_WORKER}; {MARK}", [rls.WORKER, *values])
            cursor.nextset()
        if not cursor.rowcount:
            log.warning("Delivery %s outlived its lease; a second copy may go out.", held.id)


def give_back(held: Claim, *, error: Exception, at: datetime) -> None:
    """Try again later, later each time; after the last try, or a refused address, park it for a person to look at."""
    parked = held.attempts >= TRIES or isinstance(error, SMTPRecipientsRefused)
    wait = timedelta(minutes=BACKOFF[min(held.attempts, len(BACKOFF)) - 1])
    with rls.as_worker():
        _held(held).update(
            state=DeliveryState.PARKED if parked else DeliveryState.WAITING,
            due_at=at + wait,
            last_error=sentence_of(error),
            **FREE,
        )


def give_back_untried(batch: Sequence[Claim], *, error: Exception) -> None:
    """They wait as before, since no server was there to try; the health page tells since when."""
    with rls.as_worker():
        _held(*batch).update(
            state=DeliveryState.WAITING, attempts=F("attempts") - 1, last_error=sentence_of(error), **FREE
        )


def _held(*batch: Claim) -> DeliveryQuerySet:
    """Those of the batch that are still held under its lease."""
    ids = [each.id for each in batch]
    return Delivery.objects.filter(pk__in=ids, state=DeliveryState.SENDING, lease=batch[0].lease)


def sentence_of(error: Exception) -> str:
    """Kind of error and the server's answer, short. Rendering errors keep their kind only: text could hold a name."""
    said = str(error) if isinstance(error, SMTPException | OSError) else ""
    return f"{type(error).__name__}{': ' if said else ''}{said}"[:300]

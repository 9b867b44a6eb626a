"""Sending: claim mails with a lease, ask again whether they still hold, send each and mark it in a commit of its own.

Promise (walls §3): nothing is lost; a copy can only be sent twice when a worker is killed between sending and marking,
which is one mail for each of its lines, however many it has claimed. No slow server makes a second copy: a mail is begun
only while its lease lasts longer than the answers it waits for.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from partnership.access import rls
from partnership.outbox.claims import (
    BATCH,
    Claim,
    claim,
    give_back,
    give_back_untried,
    mark,
    renew,
    sentence_of,
)
from partnership.outbox.compose import Item, build, mail_of
from partnership.outbox.enums import OVER
from partnership.outbox.models import Delivery, Message
from partnership.outbox.wording import Worded, word

log = logging.getLogger(__name__)

FRESH = timedelta(seconds=5)
"""How long an answer to "does it still hold?" and a look at the lease serve; then both are asked again."""
ANSWERS = 5
"""How often a mail over an open connection waits for its server: greeting, sender, recipient, leave to go on, thanks."""
LINES = 2
"""How many connections a worker sends over while many mails wait, so that one mail is worded while another is sent."""
RUN = timedelta(seconds=25)
"""How long one run claims anew: less than until the clock's next tick, so that other work has its turn."""

Clock = Callable[[], datetime]


@dataclass
class Delivered:
    """What one run did, for the log."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0


@dataclass
class Prepared:
    """A claim with its mail, or none when nothing is left to say or an error forbids it; and its messages that are over
    or could not be worded."""

    held: Claim
    mail: EmailMultiAlternatives | None = None
    error: Exception | None = None
    over: list[uuid.UUID] = field(default_factory=list)
    faulty: list[uuid.UUID] = field(default_factory=list)


def deliver(*, clock: Clock = timezone.now) -> Delivered:
    """Send what is waiting until nothing is, the run is over or the server cannot be reached; over several lines while
    many wait. Inside somebody's transaction (a test) another connection would see none of it: one line then."""
    since = clock()
    until = since + RUN
    first = claim(at=since)
    many = len(first) == BATCH and not connection.in_atomic_block
    with ThreadPoolExecutor(LINES) as threads:
        beside = [threads.submit(_line_beside, until=until, clock=clock) for _ in range(LINES - 1) if many]
        outcomes = [_line(first, since=since, until=until, clock=clock), *(each.result() for each in beside)]
    return Delivered(
        sum(each.sent for each in outcomes),
        sum(each.dropped for each in outcomes),
        sum(each.failed for each in outcomes),
    )


def _line_beside(*, until: datetime, clock: Clock) -> Delivered:
    """A further line, in a thread with a database connection of its own."""
    try:
        since = clock()
        return _line(claim(at=since), since=since, until=until, clock=clock)
    finally:
        connection.close()


def _line(batch: list[Claim], *, since: datetime, until: datetime, clock: Clock) -> Delivered:
    """One batch after the other, one mail after the other, over one connection."""
    outcome = Delivered()
    backend = get_connection(getattr(settings, "OUTBOX_EMAIL_BACKEND", None))
    try:
        while batch and _carry(batch, since=since, backend=backend, clock=clock, outcome=outcome):
            since = clock()
            batch = claim(at=since) if since < until else []
    finally:
        _hang_up(backend)
    return outcome


def _carry(
    batch: list[Claim], *, since: datetime, backend: BaseEmailBackend, clock: Clock, outcome: Delivered
) -> bool:
    """Send a batch held since then, one person's mails after the other's; False where no server was to be reached.

    Each round asks anew and looks after the lease; then it sends for as long as that serves, which is one mail at least."""
    while batch:
        try:
            backend.open()
        except Exception as error:
            log.warning("No mail goes out, since the server cannot be reached: %s", sentence_of(error))
            give_back_untried(batch, error=error)
            return False
        person = batch[0].recipient_id
        round_ = prepare([each for each in batch if each.recipient_id == person], at=clock())
        ready = clock()
        if ready - since > FRESH:
            still, since = renew(batch, at=ready), ready
            batch = [each for each in batch if each.id in still]
            round_ = [each for each in round_ if each.held.id in still]
        done: set[uuid.UUID] = set()
        for prepared in round_:
            if done and clock() - ready > FRESH:
                break
            done.add(prepared.held.id)
            if not _send(prepared, backend=backend, clock=clock, outcome=outcome):
                break
        batch = [each for each in batch if each.id not in done]
    return True


def _send(prepared: Prepared, *, backend: BaseEmailBackend, clock: Clock, outcome: Delivered) -> bool:
    """Send one mail and mark it. Whatever is wrong with it, the next one goes out; False: over a new connection."""
    held = prepared.held
    try:
        if prepared.error is not None:
            raise prepared.error
        if prepared.mail is not None:
            backend.send_messages([prepared.mail])
    except Exception as error:
        log.warning("Delivery %s, try %s, failed: %s", held.id, held.attempts, sentence_of(error))
        give_back(held, error=error, at=clock())
        outcome.failed += 1
        if prepared.error is None:
            _hang_up(backend)
        return prepared.error is not None
    finish(prepared, at=clock())
    if prepared.mail is not None:
        outcome.sent += 1
    else:
        outcome.dropped += 1
    return True


def prepare(mails: Sequence[Claim], *, at: datetime) -> list[Prepared]:
    """Word one recipient's mails as they may know it at this moment; facts that no longer hold are left out."""
    try:
        worded = _word(mails)
    except Exception as error:
        return [Prepared(held, error=error) for held in mails]
    return [_prepare_one(held, worded.get(held.id, ()), at=at) for held in mails]


def _word(mails: Sequence[Claim]) -> Mapping[uuid.UUID, Sequence[Worded]]:
    """By delivery, its unread messages, worded in the recipient's own context: one for all of the mails."""
    found: defaultdict[uuid.UUID, list[Worded]] = defaultdict(list)
    recipient = mails[0].recipient_id
    if recipient is not None and mails[0].to:
        with rls.acting_as(recipient) as viewer:
            mine = Message.objects.visible_to(viewer).filter(
                delivery_id__in=[held.id for held in mails], read_at__isnull=True
            )
            for each in word(list(mine.order_by("due_at", "key")), viewer):
                if each.message.delivery_id is not None:
                    found[each.message.delivery_id].append(each)
    return found


def _prepare_one(held: Claim, worded: Sequence[Worded], *, at: datetime) -> Prepared:
    prepared = Prepared(held)
    items: list[Item] = []
    for each in worded:
        if each.error is not None and not held.digest:
            return Prepared(held, error=each.error)
        if each.error is not None:
            prepared.faulty.append(each.message.pk)
        elif each.rendered is None or each.kind is None:
            prepared.over.append(each.message.pk)
        else:
            items.append(Item.of(each.message, each.kind, each.rendered, place=each.place))
    try:
        if held.letter is not None:
            prepared.mail = build(delivery_id=held.id, at=at, **held.letter)
        elif items:
            prepared.mail = mail_of(
                items, delivery_id=held.id, to=held.to, name=held.name, digest=held.digest, at=at
            )
    except Exception as error:
        return Prepared(held, error=error)
    return prepared


def finish(prepared: Prepared, *, at: datetime) -> None:
    """Mark it sent, or not needed, and its messages that are over; faulty ones of a digest go on their own."""
    held, sent_at = prepared.held, at if prepared.mail is not None else None
    if not prepared.over and not prepared.faulty:
        mark(held, sent_at=sent_at)
        return
    with rls.as_worker():
        mark(held, sent_at=sent_at)
        Message.objects.filter(pk__in=prepared.over, dropped_reason="").update(dropped_reason=OVER)
        for faulty in prepared.faulty:
            alone = Delivery.objects.create(recipient_id=held.recipient_id, due_at=at)
            Message.objects.filter(pk=faulty).update(delivery=alone)


def _hang_up(backend: BaseEmailBackend) -> None:
    try:
        backend.close()
    except Exception as error:
        log.info("The mail server hung up first: %s", error)

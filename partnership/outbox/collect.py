"""One tick of the clock: what is due becomes messages, and messages become mail.

Each generator and each step is a transaction of its own under an advisory lock, so a second beat is harmless and
one faulty generator holds up no other.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from partnership.access import rls
from partnership.outbox import reminders
from partnership.outbox.enums import NOT_DUE, DeliveryState, Urgency, Way
from partnership.outbox.locks import try_lock
from partnership.outbox.models import Delivery, Message, MessageQuerySet
from partnership.outbox.notices import store
from partnership.outbox.times import people_at_work
from partnership.outbox.wishes import wishes_of

log = logging.getLogger(__name__)


@dataclass
class Collected:
    """What one tick did, for the log."""

    notices: int = 0
    mails: int = 0
    failed: list[str] = field(default_factory=list)


def collect(*, at: datetime) -> Collected:
    """Run every generator for today, then make the mails that may go out now."""
    outcome = Collected()
    for kind in reminders.generated_kinds():
        try:
            outcome.notices += generate(kind, today=timezone.localdate(at), at=at)
        except Exception:  # one faulty rule must not silence the others; the log and the health page tell
            log.exception("The reminder %s could not be computed.", kind.name)
            outcome.failed.append(kind.name)
    outcome.mails = make_mail(at=at)
    return outcome


def generate(kind: reminders.Kind, *, today: date, at: datetime) -> int:
    """Store what one generator yields; how many it yielded, told before or not."""
    if kind.generator is None:
        return 0
    with rls.as_worker():
        if not try_lock(f"outbox.generate.{kind.name}"):
            return 0
        notices = list(kind.generator(today=today))
        if strangers := {notice.kind for notice in notices} - {kind.name}:
            raise ValueError(f"The generator of {kind.name} yields {', '.join(sorted(strangers))}.")
        store(notices)
        if kind.letters is not None:
            kind.letters(today=today)
        if kind.complete:
            _match_open(kind.name, [notice.key for notice in notices])
    return len(notices)


def _match_open(kind: str, keys: list[str]) -> None:
    """Unread messages the generator no longer yields go; one it yields again after all comes back."""
    unread = Message.objects.filter(kind=kind).unread()
    unread.filter(dropped_reason="").exclude(key__in=keys).update(dropped_reason=NOT_DUE, needs_mail=False)
    unread.filter(dropped_reason=NOT_DUE, key__in=keys).update(
        dropped_reason="", needs_mail=Q(delivery__isnull=True), mail_as="", mail_at=None
    )


def make_mail(*, at: datetime) -> int:
    """Make deliveries of the messages that may be mailed now: one each for the urgent, one a week for the rest."""
    with rls.as_worker():
        if not try_lock("outbox.make_mail"):
            return 0
        due, new = Message.objects.awaiting_mail(at=at), Message.objects.unplanned()
        unreachable = Q(recipient__email__isnull=True) | Q(recipient__is_active=False)
        over = unreachable | Q(read_at__isnull=False) | ~Q(dropped_reason="")
        (due | new).filter(over).update(needs_mail=False)
        plan(new, at=at)
        people = people_at_work(list(due.values_list("recipient_id", flat=True).distinct()), at=at)
        may_go = Q(recipient_id__in=people) | Q(kind__in=reminders.any_hour_kinds())
        return _single_mails(due.filter(may_go, mail_as=Urgency.NOW), at=at) + _digests(
            due.filter(recipient_id__in=people, mail_as=Urgency.DIGEST), at=at
        )


def plan(messages: MessageQuerySet, *, at: datetime) -> None:
    """Say of each new message how and when its mail goes, as its recipient wishes it (docs/adr/0102)."""
    wanted = ("id", "recipient_id", "kind", "urgency", "due_at")
    new = list(messages.only(*wanted).select_for_update(of=("self",)))
    wishes = wishes_of({message.recipient_id for message in new})
    unwanted: list[uuid.UUID] = []
    for message in new:
        wish = wishes[message.recipient_id]
        way = wish.way(reminders.topic_of(message.kind), message.urgency)
        if way == Way.INBOX:
            unwanted.append(message.pk)
        elif way == Way.NOW:
            message.mail_as, message.mail_at = Urgency.NOW, message.due_at
        else:
            message.mail_as, message.mail_at = Urgency.DIGEST, wish.digest.next_after(max(at, message.due_at))
    Message.objects.filter(pk__in=unwanted).update(needs_mail=False)
    planned = [message for message in new if message.mail_at]
    Message.objects.bulk_update(planned, ["mail_as", "mail_at"], batch_size=1000)


def _single_mails(messages: MessageQuerySet, *, at: datetime) -> int:
    any_hour = set(reminders.any_hour_kinds())
    urgent = list(messages.only("id", "recipient_id", "kind").select_for_update(of=("self",)))
    for message in urgent:
        message.delivery = Delivery(
            recipient_id=message.recipient_id, due_at=at, any_hour=message.kind in any_hour
        )
        message.needs_mail = False
    Delivery.objects.bulk_create(
        [message.delivery for message in urgent if message.delivery], batch_size=1000
    )
    Message.objects.bulk_update(urgent, ["delivery", "needs_mail"], batch_size=1000)
    return len(urgent)


def _digests(messages: MessageQuerySet, *, at: datetime) -> int:
    """The digest of this day takes what has waited for it; whoever is away has it on the next day they work."""
    today = timezone.localdate(at)
    by_person: defaultdict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for recipient_id, message_id in messages.values_list("recipient_id", "id"):
        by_person[recipient_id].append(message_id)
    new = [Delivery(recipient_id=person, day=today, due_at=at) for person in by_person]
    Delivery.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    open_digests = Delivery.objects.filter(
        day=today, recipient_id__in=by_person, state=DeliveryState.WAITING
    ).select_for_update(of=("self",))
    made = 0
    for digest in open_digests:
        if digest.recipient_id is not None:
            made += 1
            Message.objects.filter(id__in=by_person[digest.recipient_id]).update(
                delivery=digest, needs_mail=False
            )
    return made

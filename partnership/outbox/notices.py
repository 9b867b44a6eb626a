"""Telling somebody something: a row in the caller's transaction, so a message exists exactly when its cause does."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from partnership.outbox.enums import Urgency
from partnership.outbox.models import Message
from partnership.outbox.nudge import nudge_after_commit

CODE = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,79}|\d{4}-\d\d-\d\dT[0-9:.+Z]{1,30}")
Fact = str | int | bool | None
BATCH = 1000


@dataclass(frozen=True)
class Notice:
    """One fact for one person. The facts hold ids, dates, numbers and codes: never a name, never a sentence.

    The key states the fact once: `transitions.handover_due:<handover>:<due date>:<user>`.
    """

    key: str
    kind: str
    recipient_id: uuid.UUID
    due_at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)
    urgency: Urgency = Urgency.DIGEST

    def __post_init__(self) -> None:
        if self.due_at.tzinfo is None:
            raise ValueError(f"The notice {self.key} is due at a time without a zone.")
        object.__setattr__(self, "facts", {name: _plain(name, value) for name, value in self.facts.items()})


def enqueue(*notices: Notice) -> None:
    """Write the notices in the caller's transaction; a fact already told is left as it is. Mail goes after commit."""
    if not notices:
        return
    store(notices)
    nudge_after_commit("deliver")


def store(notices: Iterable[Notice]) -> None:
    """The rows alone, without the nudge: for the collector, whose mail is made in the same round, and for what can wait for
    the clock."""
    rows = [
        Message(
            key=notice.key,
            kind=notice.kind,
            recipient_id=notice.recipient_id,
            facts=dict(notice.facts),
            due_at=notice.due_at,
            urgency=notice.urgency,
        )
        for notice in notices
    ]
    Message.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _plain(name: str, value: object) -> Fact:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and CODE.fullmatch(value):
        return str(value)
    raise ValueError(f"The fact {name} of a notice must be an id, a date, a number or a code.")

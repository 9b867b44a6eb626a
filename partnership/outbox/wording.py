"""Putting messages into words for one viewer: the only place that asks whether they still hold."""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from partnership.access.viewer import Viewer
from partnership.outbox import reminders
from partnership.outbox.models import Message
from partnership.outbox.reminders import Kind, Rendered

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worded:
    """A message and its words. Without words it is over, unless an error says that it could not be worded."""

    message: Message
    kind: Kind | None = None
    rendered: Rendered | None = None
    error: Exception | None = None

    @property
    def over(self) -> bool:
        return self.rendered is None and self.error is None


def word(messages: Sequence[Message], viewer: Viewer) -> list[Worded]:
    """The messages in the order given. One that cannot be worded never takes another with it."""
    by_kind: defaultdict[str, list[Message]] = defaultdict(list)
    for message in messages:
        by_kind[message.kind].append(message)
    found: dict[uuid.UUID, Worded] = {}
    for group in by_kind.values():
        found |= {worded.message.pk: worded for worded in _word_kind(group, viewer)}
    return [found[message.pk] for message in messages]


def _word_kind(messages: list[Message], viewer: Viewer) -> list[Worded]:
    """All of a kind at once, so that a page asks the database once for each kind; on an error one by one."""
    try:
        with transaction.atomic():
            kind = reminders.kind_of(messages[0].kind)
            if kind.load is not None:
                about = kind.load(messages, viewer)
                for message in messages:
                    message.about = about.get(message.pk)
            return [_word_one(kind, message, viewer) for message in messages]
    except Exception as error:
        if len(messages) > 1:
            return [worded for message in messages for worded in _word_kind([message], viewer)]
        log.exception("The message %s could not be worded.", messages[0].pk)
        return [Worded(messages[0], error=error)]


def _word_one(kind: Kind, message: Message, viewer: Viewer) -> Worded:
    if message.dropped_reason or not kind.still_true(message, viewer):
        return Worded(message, kind)
    return Worded(message, kind, kind.render(message, viewer))

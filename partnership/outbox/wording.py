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
    place: str = ""
    """At which of the viewer's organisations it is, where they work at several."""

    @property
    def over(self) -> bool:
        return self.rendered is None and self.error is None


def word(messages: Sequence[Message], viewer: Viewer) -> list[Worded]:
    """The messages in the order given. One that cannot be worded never takes another with it."""
    alike: defaultdict[object, list[Message]] = defaultdict(list)
    for message in messages:
        alike[_load_of(message)].append(message)
    found: dict[uuid.UUID, Worded] = {}
    for group in alike.values():
        found |= {worded.message.pk: worded for worded in _word_together(group, viewer)}
    return [found[message.pk] for message in messages]


def _load_of(message: Message) -> object:
    """What fetches what the message is about; its kind where nothing does."""
    try:
        return reminders.kind_of(message.kind).load or message.kind
    except reminders.UnknownKind:
        return message.kind


def _word_together(messages: list[Message], viewer: Viewer) -> list[Worded]:
    """All that are loaded alike at once, so that a page asks the database once for them; on an error one by one."""
    try:
        with transaction.atomic():
            load = reminders.kind_of(messages[0].kind).load
            if load is not None:
                about = load(messages, viewer)
                for message in messages:
                    message.about = about.get(message.pk)
            return [_word_one(reminders.kind_of(message.kind), message, viewer) for message in messages]
    except Exception as error:
        if len(messages) > 1:
            return [worded for message in messages for worded in _word_together([message], viewer)]
        log.exception("The message %s could not be worded.", messages[0].pk)
        return [Worded(messages[0], error=error)]


def _word_one(kind: Kind, message: Message, viewer: Viewer) -> Worded:
    if message.dropped_reason or not kind.still_true(message, viewer):
        return Worded(message, kind)
    return Worded(message, kind, kind.render(message, viewer), place=place_of(message, viewer))


def place_of(message: Message, viewer: Viewer) -> str:
    """One's own organisation that the message concerns, for somebody who works at several; else nothing."""
    names = {str(post.organisation_id): post.organisation_name for post in viewer.posts}
    return names.get(str(message.facts.get("organisation", "")), "") if len(names) > 1 else ""

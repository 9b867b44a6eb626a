"""The kinds of message: how each is worded, whether it still holds, and what finds who needs it.

A feature's own `reminders.py` registers here and is found at start; nothing here imports a feature.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from partnership.access.viewer import Viewer
from partnership.outbox.models import Message
from partnership.outbox.notices import Notice
from partnership.outbox.topics import EVERYTHING_ELSE, Topic


class UnknownKind(LookupError):
    """No feature words this kind of message (any more)."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes out with a mail. Its type may say more: "text/calendar; method=REQUEST"."""

    name: str
    content: bytes
    mimetype: str


class Attach(Protocol):
    """Makes the file when the mail is made, for the address it goes to; it asks the database nothing."""

    def __call__(self, to: str, /) -> Attachment: ...


@dataclass(frozen=True)
class Rendered:
    """A message in words. `subject` also stands in mail, so it never names a child; `line` stays in the page.

    `url` is a path within the site; `action` the words of its link: "Open the handover".
    """

    subject: str
    line: str
    url: str
    action: str
    attach: Attach | None = None


class Generator(Protocol):
    """Yields what is due by today, computed from present state: no clock, no mail, no viewer inside."""

    def __call__(self, *, today: date) -> Iterable[Notice]: ...


class Letters(Protocol):
    """Writes what is due to shared mailboxes, each with a key: nobody's inbox, so no name and no child in it."""

    def __call__(self, *, today: date) -> None: ...


class Load(Protocol):
    """Fetches what the messages are about in one go, by message id; it then stands on `message.about`."""

    def __call__(self, messages: Sequence[Message], viewer: Viewer, /) -> Mapping[uuid.UUID, object]: ...


class Render(Protocol):
    """Words a message as this viewer may know it."""

    def __call__(self, message: Message, viewer: Viewer, /) -> Rendered: ...


class StillTrue(Protocol):
    """Whether the fact still holds and this viewer may know it."""

    def __call__(self, message: Message, viewer: Viewer, /) -> bool: ...


def always(message: Message, viewer: Viewer, /) -> bool:
    """For what has happened and stays so."""
    return True


@dataclass(frozen=True)
class Kind:
    """One kind of message. `template` is where its mail may have its own: mail/<app>/<notice>."""

    name: str
    render: Render
    still_true: StillTrue = always
    generator: Generator | None = None
    letters: Letters | None = None
    load: Load | None = None
    any_hour: bool = False
    complete: bool = False
    topic: Topic = EVERYTHING_ELSE

    @property
    def template(self) -> str:
        return f"mail/{self.name.replace('.', '/', 1)}"


_kinds: dict[str, Kind] = {}


def register(
    kind: str,
    *,
    render: Render,
    generator: Generator | None = None,
    letters: Letters | None = None,
    load: Load | None = None,
    still_true: StillTrue = always,
    any_hour: bool = False,
    complete: bool = False,
    topic: Topic = EVERYTHING_ELSE,
) -> None:
    """Make a kind known, named `<app>.<notice>`. Twice is a fault of the code.

    `any_hour`: goes out at night and on Sundays too (cancellations, and that one may be signed in as by a code).
    `complete`: the generator yields every notice that holds today, so an unread one it no longer yields is dropped.
    `topic`: what a person chooses by, who wants it at once, in the weekly digest or in the inbox alone.
    """
    if kind in _kinds:
        raise ValueError(f"The kind of message {kind} is registered twice.")
    if kind.count(".") != 1:
        raise ValueError(f"The kind of message {kind} is not named <app>.<notice>.")
    _kinds[kind] = Kind(kind, render, still_true, generator, letters, load, any_hour, complete, topic)


def unregister(kind: str) -> None:
    """Forget a kind; for tests."""
    _kinds.pop(kind, None)


def kind_of(name: str) -> Kind:
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"No feature words the message {name}.") from None


def generated_kinds() -> list[Kind]:
    """The kinds that come from a generator, in a steady order."""
    return [_kinds[name] for name in sorted(_kinds) if _kinds[name].generator is not None]


def any_hour_kinds() -> list[str]:
    return [name for name, kind in _kinds.items() if kind.any_hour]


def topics() -> list[Topic]:
    """What there is to be told of, in the order of the page."""
    return sorted({kind.topic for kind in _kinds.values()}, key=lambda topic: (topic.order, topic.title))


def topic_of(kind: str) -> Topic:
    """The topic of a kind; one that nobody words any more goes with the rest."""
    return _kinds[kind].topic if kind in _kinds else EVERYTHING_ELSE

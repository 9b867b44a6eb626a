"""A kind of message and a kind of mail server that tests can bend."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from partnership.outbox import reminders
from partnership.outbox.enums import Urgency
from partnership.outbox.models import Message
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import Rendered
from tests.factories.schools import UserFactory

KIND = "tests.waiting"
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SATURDAY = FRIDAY + timedelta(days=1)
CHILD = "Zzcanary Littlewood"


@dataclass
class Bench:
    """What the test kind answers."""

    untrue: set[str] = field(default_factory=set)
    faulty: set[str] = field(default_factory=set)
    seen_by: list[uuid.UUID | None] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def still_true(self, message: Message, viewer: Viewer) -> bool:
        self.seen_by.append(viewer.user_id)
        return message.key not in self.untrue

    def render(self, message: Message, viewer: Viewer) -> Rendered:
        if message.key in self.faulty:
            raise RuntimeError(f"broken for {CHILD}")
        return Rendered("A handover waits for you", f"{CHILD} is waiting", "/joining/", "Open the handover")


@pytest.fixture(autouse=True)
def digests_on_friday(settings: Any) -> None:
    """The digest of these tests goes at the moment they look at."""
    settings.OUTBOX_DIGEST = (5, "10:00")


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    reminders.register(KIND, render=bench.render, still_true=bench.still_true)
    yield bench
    reminders.unregister(KIND)


@pytest.fixture
def user(db: None) -> User:
    return UserFactory.create()


@pytest.fixture
def notice(user: User) -> Callable[..., Notice]:
    """A notice to the user, due; each with a key of its own unless one is given."""

    def make(
        key: str = "", *, to: User | None = None, due_at: datetime = FRIDAY, now: bool = False
    ) -> Notice:
        return Notice(
            key=key or f"{KIND}:{uuid.uuid4()}",
            kind=KIND,
            recipient_id=(to or user).pk,
            due_at=due_at,
            urgency=Urgency.NOW if now else Urgency.DIGEST,
        )

    return make


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return lambda: FRIDAY + timedelta(minutes=5)

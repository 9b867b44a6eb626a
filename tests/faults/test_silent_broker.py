"""A broker that accepts and never answers must not hold up the page whose work has just been committed."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from celery import current_app
from django.utils import timezone

from partnership.accounts.models import User
from partnership.outbox.enums import DeliveryState, Urgency
from partnership.outbox.models import Delivery, Message
from partnership.outbox.notices import Notice, enqueue
from partnership.outbox.nudge import nudge
from partnership.outbox.tasks import deliver
from tests.faults.worker import KIND

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services, pytest.mark.usefixtures("kinds")]


@pytest.fixture
def silent_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The system itself accepts the connections that nobody ever takes."""
    nudge("deliver")
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        for name in ("broker_url", "broker_write_url"):
            monkeypatch.setattr(current_app.conf, name, f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        yield


def test_the_commit_stands_at_once_and_beat_finds_the_work(user: User, silent_broker: None) -> None:
    start = time.monotonic()
    enqueue(Notice("one", KIND, user.pk, timezone.now(), urgency=Urgency.NOW))
    assert time.monotonic() - start < 3
    assert Message.objects.count() == 1
    deliver()  # the next tick of beat
    assert Delivery.objects.get().state == DeliveryState.SENT

import logging
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app

from partnership.outbox import nudge as nudging
from partnership.outbox.nudge import nudge
from partnership.outbox.schedule import BEAT_SCHEDULE

MOST = 3.0  # seconds; in quiet it is 0.2. A silent broker cost more than 25 without the short timeouts.


@pytest.fixture
def silent_broker() -> Iterator[str]:
    """Accepts every connection and never says a word."""
    server = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                kept.append(server.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)
    for each in kept:
        each.close()


@pytest.fixture
def use_broker(monkeypatch: pytest.MonkeyPatch) -> object:
    def use(url: str) -> None:
        monkeypatch.setattr(current_app.conf, "broker_url", url)
        monkeypatch.setattr(current_app.conf, "broker_write_url", url)

    return use


def seconds_of_a_nudge() -> float:
    start = time.monotonic()
    nudge("deliver")
    return time.monotonic() - start


@pytest.mark.services
def test_a_broker_that_never_answers_holds_nobody_up(
    silent_broker: str, use_broker: Any, caplog: pytest.LogCaptureFixture
) -> None:
    nudge("deliver")  # the first loads the transport
    use_broker(silent_broker)
    with caplog.at_level(logging.WARNING, logger=nudging.__name__):
        assert seconds_of_a_nudge() < MOST
    assert "beat will find the work" in caplog.text


def test_a_broker_that_is_down_holds_nobody_up(use_broker: Any, caplog: pytest.LogCaptureFixture) -> None:
    nudge("deliver")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    use_broker(f"redis://127.0.0.1:{port}/0")
    assert seconds_of_a_nudge() < MOST
    assert "beat will find the work" in caplog.text


@pytest.mark.services
def test_a_broker_that_answers_gets_the_task(broker: str, use_broker: Any) -> None:
    use_broker(broker)
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        queue = current_app.amqp.queues[current_app.conf.task_default_queue](channel)
        queue.declare()
        queue.purge()
        nudge("work")
        message = queue.get(no_ack=True)
    assert message is not None
    assert message.headers["task"] == "partnership.outbox.tasks.work"
    assert message.headers["retries"] == 0
    assert message.headers["eta"] is None


def test_beat_ticks_all_four_tasks_and_lets_old_ticks_expire() -> None:
    current_app.loader.import_default_modules()
    for entry in BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks
        assert entry["options"]["expires"] <= entry["schedule"]
    assert len(BEAT_SCHEDULE) == 4
    assert current_app.conf.beat_schedule == BEAT_SCHEDULE


def test_the_project_has_these_four_tasks_and_no_other() -> None:
    current_app.loader.import_default_modules()
    ours = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert ours == {entry["task"] for entry in BEAT_SCHEDULE.values()}

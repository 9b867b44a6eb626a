"""Workers to kill, and a mail server that remembers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from partnership.accounts.models import User
from tests.conftest import process_environment
from tests.factories.schools import UserFactory
from tests.faults import worker
from tests.faults.smtp import Sink

ROOT = Path(__file__).resolve().parents[2]
Spawn = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def kinds(settings: Any) -> Iterator[None]:
    """The same kinds here as in the workers; mail goes out at any hour, so that the tests run on Sundays too."""
    settings.OUTBOX_MAIL_HOURS = "always"
    worker.register()
    yield
    worker.unregister()


@pytest.fixture
def user(transactional_db: None) -> User:
    return UserFactory.create()


@pytest.fixture
def spawn(transactional_db: None, sink: Sink) -> Iterator[Spawn]:
    """Start a worker; whatever is left of it at the end is ended."""
    started: list[subprocess.Popen[bytes]] = []

    def start(what: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker", what, str(sink.port)],
            cwd=ROOT,
            env=process_environment("worker"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()

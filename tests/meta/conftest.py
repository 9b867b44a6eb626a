"""The matrix's world, and how many cases it tried."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.cast import Cast, SignIn
from tests.meta.world import World

TRIED: dict[str, int] = {}


@pytest.fixture
def world(cast: Cast, sign_in: SignIn, settings: Settings) -> Iterator[World]:
    """Everybody, four children, and a probe that tells the database role of each request. Refusals are not logged here:
    there are thousands, and each is expected."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.meta.world.RoleProbe"]
    logging.disable(logging.CRITICAL)
    yield World(cast, sign_in)
    logging.disable(logging.NOTSET)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, number in TRIED.items():
        terminalreporter.write_line(f"{name}: {number:,} cases")

"""The seed of the run, the number of cases, and the world of the matrix."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.meta.conftest import world  # noqa: F401  (a fixture)

SEED = int(os.environ.get("BADINPUT_SEED") or random.SystemRandom().randrange(10**9))
"""Printed at the end of the run; BADINPUT_SEED=… makes the same cases again."""
TRIED: dict[str, int] = {}
MEASURED: list[dict[str, Any]] = []
"""How each bomb ended."""
Made = TypeVar("Made")


def try_cases(
    cases: SearchStrategy[Made], fault_of: Callable[[Made], str], *, number: int, into: str
) -> list[str]:
    """Make so many cases, try each, and tell all that went wrong: each kind of fault once, with its first case."""
    faults: dict[str, list[str]] = {}

    @seed(SEED)
    @settings(
        max_examples=number, phases=[Phase.generate], deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def each(case: Made) -> None:
        TRIED[into] = TRIED.get(into, 0) + 1
        if fault := fault_of(case):
            faults.setdefault(fault, []).append(str(case)[:600])

    each()
    return [f"{fault} ({len(found)} times), as in {found[0]}" for fault, found in faults.items()]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for name, number in TRIED.items():
        terminalreporter.write_line(f"{name}: {number:,} cases (seed {SEED})")
    if MEASURED:
        slow = max(MEASURED, key=lambda each: each["seconds"])
        big = max(MEASURED, key=lambda each: each["megabytes"])
        terminalreporter.write_line(
            f"bombs: {len(MEASURED)} refused, at most {slow['seconds']} s of work ({slow['kind']}, {slow['bomb']}) and "
            f"{big['megabytes']} MB ({big['kind']}, {big['bomb']})"
        )


__all__ = ["pytest", "try_cases"]

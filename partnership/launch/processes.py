"""The processes of a demo: servers, web, worker and clock, each of which ends with the launcher."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from partnership.launch.words import Stop, say
from partnership.localservices import Services, die_with_parent

ROOT = Path(__file__).resolve().parents[2]


class Demo:
    """The processes of one demo, in the order they are started."""

    def __init__(self, root: Path, port: int) -> None:
        self.root, self.port = root, port
        self.url = f"http://127.0.0.1:{port}"
        self.services = Services(root)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def spawn(self, name: str, *command: str, **variables: str) -> None:
        """A process that ends with this one; its words go to a log in the run folder."""
        with (self.root / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=os.environ | variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent(signal.SIGTERM),
                process_group=0,
            )

    def start_web(self) -> None:
        bind = f"127.0.0.1:{self.port}"
        options = [
            "--worker-class=gthread",
            "--workers=1",
            "--threads=8",
            "--timeout=60",
            "--graceful-timeout=2",
        ]
        self.spawn(
            "web", "-m", "gunicorn", "partnership.wsgi", f"--bind={bind}", *options, "--no-control-socket",
            DATABASE_ROLE="app", DATABASE_POOL="1",
        )  # fmt: skip

    def start_worker(self) -> None:
        options = ["--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=warning"]
        self.spawn(
            "worker", "-m", "celery", "-A", "partnership", "worker", "-B", f"--schedule={self.root / 'beat'}", *options,
            DATABASE_ROLE="worker",
        )  # fmt: skip

    def first_page(self) -> None:
        """Wait until the first page is served; it also warms the templates."""
        for _ in range(400):
            self.check_running()
            with contextlib.suppress(OSError):
                try:
                    urllib.request.urlopen(self.url, timeout=20).read()  # noqa: S310
                except urllib.error.HTTPError as error:
                    raise Stop(f"The first page answers {error.code}; see {self.root / 'web.log'}.") from None
                return
            time.sleep(0.05)
        raise Stop(f"No page was served; see {self.root / 'web.log'}.")

    def check_running(self) -> None:
        if "web" in self.processes and self.processes["web"].poll() is not None:
            raise Stop(f"The web server has stopped; see {self.root / 'web.log'}.")
        for process, _ in self.services.running:
            if process.poll() is not None:
                raise Stop(f"PostgreSQL or the broker has stopped; see the logs in {self.root}.")

    def watch(self) -> None:
        """Until told to stop; a worker that ends is started again."""
        while True:
            time.sleep(1)
            self.check_running()
            if self.processes["worker"].poll() is not None:
                say("The worker stopped and is started again.")
                self.start_worker()

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(8)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its own children too, when it did not end them
            process.wait()
        self.services.stop()

"""`make demo`: everything on this machine, from nothing to a page, and all of it gone with Ctrl-C (the data stay).

Run as `python -m partnership.launch`. It starts before Django does, since the settings follow from where it runs."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from partnership.localservices import ServiceError, Services, die_with_parent, run_dir

ROOT = Path(__file__).resolve().parent.parent
GO_WITH_THE_DATA = ("media", "mail", "beat*")  # what --fresh removes beside the database


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


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="A working partnership on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="where the pages are served (8000)")
    parser.add_argument("--run-dir", default="", help="where the demo's data lie (.run in the project)")
    parser.add_argument("--fresh", action="store_true", help="forget the data and begin again")
    return parser.parse_args(argv)


def only_one(root: Path) -> IO[str]:
    """Hold the run folder; the system lets go of it however this process ends."""
    lock = (root / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        number = lock.read().strip() or "unknown"
        url = (root / "url").read_text().strip() if (root / "url").exists() else "another port"
        raise Stop(
            f"A demo already runs from {root}, at {url} (process {number}). Open that, stop it with "
            f"'kill {number}', or start a second one: make demo ARGS='--port 8001 --run-dir /tmp/second-demo'"
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(
                f"Port {port} is in use by another program. Choose another: make demo ARGS='--port {port + 1}'"
            ) from None


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
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.services.stop()


def refuse_real_settings() -> None:
    """Reading the settings is enough: they say what is wrong. From here on this process is the database's owner."""
    os.environ["DATABASE_ROLE"] = "owner"
    from django.conf import settings

    if settings.DEMO is not True:
        raise Stop("These are not the demo's settings.")


def lay_out() -> None:
    """Tables, then the demo world, as the owner of the database."""
    import django
    from django.core.management import call_command, get_commands
    from django.db import connections

    django.setup()
    with step("Bringing the database up to date"):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    if "build_demo" in get_commands():
        with step("Building the demo world", speaks=True):
            call_command("build_demo")
    connections.close_all()


def forget(root: Path, services: Services) -> None:
    services.clear()
    for pattern in GO_WITH_THE_DATA:
        for path in root.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def greet(demo: Demo, seconds: float) -> None:
    from partnership.home.demo import personas

    say(f"\nReady after {seconds:.0f} s at {demo.url}\n")
    people = personas()
    if people:
        say("Sign in with one press on that page, or straight here:")
        width = max(len(f"{each.name}, {each.role}, {each.school}") for each in people)
        for each in people:
            say(f"  {f'{each.name}, {each.role}, {each.school}':<{width}}  {demo.url}{each.url}")
    say(f"\nLogs, mail and data are in {demo.root}. Commands find this demo: .venv/bin/python manage.py …")
    if demo.root != run_dir(ROOT) or os.environ.get("PARTNERSHIP_RUN_DIR"):
        say(f"(with this run folder: PARTNERSHIP_RUN_DIR={demo.root})")
    say("Ctrl-C stops all of it; the data stay.")


def end(*unused: object) -> None:
    raise KeyboardInterrupt


def run(options: argparse.Namespace) -> None:
    began = time.monotonic()
    root = Path(options.run_dir).resolve() if options.run_dir else run_dir(ROOT)
    if options.run_dir:
        os.environ["PARTNERSHIP_RUN_DIR"] = str(root)
    os.environ["DJANGO_SETTINGS_MODULE"] = "partnership.settings.demo"
    demo = Demo(root, options.port)
    demo.services.make_root()
    lock = only_one(root)
    try:
        check_port(options.port)
        (root / "url").write_text(demo.url)
        refuse_real_settings()
        say("Starting the demo")
        demo.spawn("frontend", "-m", "partnership.frontend")
        if options.fresh:
            with step("Forgetting the earlier data"):
                forget(root, demo.services)
        with step("Starting PostgreSQL and the broker"):
            demo.services.start_postgres()
            demo.services.start_valkey()
        lay_out()
        with step("Making the front-end files"):
            if demo.processes["frontend"].wait():
                tail = (root / "frontend.log").read_text(errors="replace").strip().splitlines()[-5:]
                raise Stop("The front-end files could not be made: " + " / ".join(tail))
        with step("Starting web, worker and clock"):
            demo.start_web()
            demo.start_worker()
            demo.first_page()
        greet(demo, time.monotonic() - began)
        demo.watch()
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        demo.stop()
        (root / "url").unlink(missing_ok=True)
        lock.close()


def main(argv: list[str]) -> int:
    from django.core.exceptions import ImproperlyConfigured

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # also where a shell had them ignored
        signal.signal(sign, end)
    die_with_parent(signal.SIGTERM)()  # `make` killed outright takes the demo with it
    try:
        run(arguments(argv))
    except KeyboardInterrupt:
        say("\nThe demo has stopped; its data stay for the next time.")
    except (Stop, ServiceError, ImproperlyConfigured) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

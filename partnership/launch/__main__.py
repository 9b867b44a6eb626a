"""Run as `python -m partnership.launch`. It starts before Django does, since the settings follow from where it runs."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import IO

from partnership.launch.guard import guarded
from partnership.launch.processes import ROOT, Demo
from partnership.launch.words import Stop, say, step
from partnership.localservices import ServiceError, Services, run_dir

GO_WITH_THE_DATA = ("media", "mail", "beat*")  # what --fresh removes beside the database


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
    try:
        run(arguments(argv))
    except KeyboardInterrupt:
        say("\nThe demo has stopped; its data stay for the next time.")
    except (Stop, ServiceError, ImproperlyConfigured) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(guarded(lambda: main(sys.argv[1:])))

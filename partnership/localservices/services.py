"""The servers of one run folder: started, watched until they answer, stopped."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from partnership.localservices import postgres, valkey
from partnership.localservices.accounts import (
    ServiceError,
    as_account,
    die_with_parent,
    postgres_account,
    private_folder,
)
from partnership.localservices.addresses import Addresses

UNHURRIED = ("synchronous_commit=off",)  # a crash may cost the demo its last half second, never its health
FAST = (*UNHURRIED, "fsync=off", "full_page_writes=off")


class Services:
    """The servers of one run folder. Use as a context: whatever was started is stopped at the end."""

    def __init__(self, root: Path, *, fast: bool = False) -> None:
        self.root = root
        self.addresses = Addresses(root)
        self.fast = fast
        self.running: list[tuple[subprocess.Popen[bytes], int]] = []

    def __enter__(self) -> Services:
        return self

    def __exit__(self, *unused: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Each server gets its own signal for a quick, clean end, and ten seconds for it."""
        for process, sign in reversed(self.running):
            if process.poll() is None:
                process.send_signal(sign)
        for process, _ in reversed(self.running):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def make_root(self) -> None:
        """The run folder: ours alone to write, passable for the account PostgreSQL runs as."""
        self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        if self.root.stat().st_uid != os.geteuid():
            raise ServiceError(
                f"{self.root} belongs to another account. Remove it, or name another with --run-dir."
            )
        self.root.chmod(0o711)

    def clear(self) -> None:
        """Forget the database of this folder, ending a server that a killed run may have left."""
        data = self.root / "pg"
        if data.exists():
            account = postgres_account()
            postgres.stop_stale(postgres.binaries_for(self.root, account), data, account)
            shutil.rmtree(data)

    def start_postgres(self) -> None:
        """PostgreSQL on its socket, with the three roles and the database there. Data of an earlier run are kept."""
        self.make_root()
        account = postgres_account()
        binaries = postgres.binaries_for(self.root, account)
        data, sockets = self.root / "pg", self.addresses.postgres_socket
        private_folder(sockets, account)
        if not (data / "PG_VERSION").exists():
            shutil.rmtree(data, ignore_errors=True)
            postgres.initdb(binaries, data, account)
        else:
            postgres.stop_stale(binaries, data, account)
        options = ["listen_addresses=", f"unix_socket_directories={sockets}", "unix_socket_permissions=0700"]
        options += ["max_connections=80", "log_min_messages=warning", *(FAST if self.fast else UNHURRIED)]
        command = [str(binaries / "postgres"), "-D", str(data), *(p for o in options for p in ("-c", o))]
        self._spawn(command, log="postgres.log", sign=signal.SIGINT, account=account)
        self._wait("PostgreSQL", "postgres.log", lambda: postgres.answers(self.addresses))
        postgres.make_roles(self.addresses)

    def start_valkey(self) -> None:
        """Valkey on a socket, without persistence: the record of everything is in PostgreSQL."""
        self.make_root()
        path = self.addresses.valkey_socket
        private_folder(path.parent, None)
        valkey.shutdown(path)
        settings = {
            "port": "0",
            "unixsocket": str(path),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
        }
        settings |= {"dir": str(path.parent), "daemonize": "no"}
        command = [valkey.binary(), *(part for key, each in settings.items() for part in (f"--{key}", each))]
        self._spawn(command, log="valkey.log", sign=signal.SIGTERM)
        self._wait("Valkey", "valkey.log", lambda: valkey.say(path, b"PING\r\n").startswith(b"+PONG"))

    def _spawn(
        self, command: Sequence[str], *, log: str, sign: int, account: pwd.struct_passwd | None = None
    ) -> None:
        with (self.root / log).open("ab") as output:
            process = subprocess.Popen(  # type: ignore[call-overload]
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.root,
                preexec_fn=die_with_parent(sign),
                process_group=0,
                **as_account(account),
            )
        self.running.append((process, sign))

    def _wait(self, name: str, log: str, answers: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if answers():
                return
            if self.running[-1][0].poll() is not None:
                break
            time.sleep(0.05)
        tail = (self.root / log).read_text(errors="replace").strip().splitlines()[-3:]
        raise ServiceError(f"{name} did not start. Its log, {self.root / log}, ends: {' / '.join(tail)}")

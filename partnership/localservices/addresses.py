"""Where the servers listen: computed from the project's place, so that a second shell needs no variables."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from partnership.localservices.accounts import postgres_account, reachable

DATABASE = "partnership"
SOCKET_PATH_LIMIT = 100  # the system's is 107 bytes with the closing zero


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
    account = postgres_account()
    if fits and (account is None or reachable(project.resolve(), account.pw_uid)):
        return folder
    mark = hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:10]
    return Path("/var/tmp") / f"partnership-{os.geteuid()}-{mark}"  # noqa: S108

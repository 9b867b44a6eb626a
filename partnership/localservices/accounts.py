"""Whom PostgreSQL runs as, what that account can reach, and how a child ends with its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path


class ServiceError(Exception):
    """A server could not be found or started; the message says which and where its log is."""


def process_control() -> Callable[..., int] | None:
    """Linux's prctl; None elsewhere."""
    return ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def die_with_parent(sign: int) -> Callable[[], None]:
    """For `preexec_fn`: on Linux the child gets this signal when its parent ends, however it ends."""
    prctl = process_control()

    def arrange() -> None:
        if prctl is not None:
            prctl(1, sign)  # PR_SET_PDEATHSIG

    return arrange


def adopt_orphans() -> None:
    """On Linux, what a child of this process leaves running becomes this one's to wait for."""
    prctl = process_control()
    if prctl is not None:
        prctl(36, 1)  # PR_SET_CHILD_SUBREAPER


def postgres_account() -> pwd.struct_passwd | None:
    """Whom root drops to, since PostgreSQL refuses to run as root; None for anybody else, who runs it themselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServiceError(
        "PostgreSQL does not run as root, and this machine has neither a postgres nor a nobody account."
    )


def as_account(account: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def private_folder(path: Path, account: pwd.struct_passwd | None) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)
    path.chmod(0o700)


def reachable(path: Path, uid: int) -> bool:
    """Whether that account may pass every folder down to this one. Permissions are read, never changed."""
    for folder in (path, *path.parents):
        found = folder.stat()
        if not (found.st_mode & 0o001 or (found.st_uid == uid and found.st_mode & 0o100)):
            return False
    return True

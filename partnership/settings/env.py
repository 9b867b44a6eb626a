"""Reading the environment: each value by name, each missing one with a sentence that names it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def value(name: str, default: str = "") -> str:
    """What NAME says, or the file that NAME_FILE names, where a vault or Docker has laid out a secret."""
    said, file = os.environ.get(name, "").strip(), os.environ.get(f"{name}_FILE", "").strip()
    if said and file:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: which of them holds?")
    if file:
        try:
            said = Path(file).read_text().strip()
        except OSError as fault:
            raise ImproperlyConfigured(
                f"{name}_FILE is '{file}', which cannot be read: {fault.strerror}."
            ) from fault
    return said or default


def required(name: str, why: str) -> str:
    """The value, or a stop with a sentence that says which one is missing and what it is for."""
    found = value(name)
    if not found:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
    return found


def flag(name: str, *, default: bool = False) -> bool:
    found = value(name).lower()
    if found in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return found in {"1", "true", "yes", "on"} if found else default
    raise ImproperlyConfigured(f"{name} is '{found}': write 1 or 0.")


def number(name: str, default: int) -> int:
    found = value(name, str(default))
    if not found.isdigit():
        raise ImproperlyConfigured(f"{name} is '{found}': write a whole number.")
    return int(found)


def words(name: str) -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in value(name).split(",") if word.strip()]


def beside(default: dict[str, Any]) -> dict[str, Any]:
    """The same database by a second connection, in autocommit, for what must outlive a request that is undone."""
    options = dict(default["OPTIONS"])
    if "pool" in options:
        options["pool"] = {**options["pool"], "min_size": 1, "max_size": 2}
    return {**default, "OPTIONS": options, "ATOMIC_REQUESTS": False, "TEST": {"MIRROR": "default"}}


def database(url: str, *, name: str = "DATABASE_URL", pool: int = 0) -> dict[str, Any]:
    """Django's settings for a postgres:// address; `?host=/folder` names a socket. A pool of 0 is no pool."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} is not an address like postgresql://role:password@host:5432/database."
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    port = options.pop("port", "") or str(parts.port or "")
    if pool:
        options["pool"] = {"min_size": min(2, pool), "max_size": pool, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": True,
    }

#!/usr/bin/env python
"""Django's command line. With no variables set it finds the demo; see docs/operating.md."""

import os
import sys

# Commands that change the shape of the database, or lay out a world in it, connect as its owner.
OWNER_COMMANDS = {
    "migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration",
    "createcachetable", "flush", "dbshell", "build_demo",
}  # fmt: skip


def settings_module(environ: dict[str, str]) -> str:
    """Production as soon as a secret or a database is given, the demo when nothing is: never the demo on real data."""
    names = ("SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL")
    if any(environ.get(name) or environ.get(f"{name}_FILE") for name in names):
        return "partnership.settings.production"
    return "partnership.settings.demo"


def role(command: str) -> str:
    """The database role a command works as: owner, app (serving), or worker (everything done by hand, as jobs are)."""
    if command in OWNER_COMMANDS:
        return "owner"
    return "app" if command == "runserver" else "worker"


def main(argv: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module(dict(os.environ)))
    os.environ.setdefault("DATABASE_ROLE", role(argv[1] if len(argv) > 1 else ""))
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)


if __name__ == "__main__":
    main(sys.argv)

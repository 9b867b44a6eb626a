"""Writes docs/workflows.md and docs/visibility.md from the code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from partnership.home.documents import documents


class Command(BaseCommand):
    help = "Writes the documents that come from the code. With --check nothing is written; exit 1 when one is stale."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        stale = [
            (path, text)
            for path, text in documents().items()
            if not path.exists() or path.read_text() != text
        ]
        for path, text in stale:
            if not check:
                path.write_text(text)
            self.stdout.write(f"{path.name}: {'stale' if check else 'written'}")
        if check and stale:
            raise SystemExit(1)

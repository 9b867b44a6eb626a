"""How long the oldest waiting mail or job has been due: the worker's health sign."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from partnership.home.health import oldest_due_at


class Command(BaseCommand):
    help = "Says how long the oldest waiting mail or job has been due. Exit 1 when longer than --minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=int, default=15)

    def handle(self, *args: Any, minutes: int, **options: Any) -> None:
        at = timezone.now()
        oldest = oldest_due_at(at=at)
        waited = int((at - oldest).total_seconds() // 60) if oldest else 0
        self.stdout.write(f"Oldest due: {waited} minutes" if oldest else "Nothing waits")
        if waited > minutes:
            raise SystemExit(1)

"""`manage.py build_demo`: the fictional cluster, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from partnership.home.world.build import build, is_built


class Command(BaseCommand):
    """Lays out the demo world through the importers. Only under the demo's settings; a second call does nothing."""

    help = "Lay out the fictional cluster of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        from django.conf import settings

        if not getattr(settings, "DEMO", False):
            raise CommandError("The demo world is built under the demo's settings alone.")
        if is_built():
            return
        build(now=timezone.now(), say=lambda words: self.stdout.write(f"    {words}"))

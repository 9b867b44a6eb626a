"""Moves between phases and the handovers that go with them."""

from django.apps import AppConfig


class TransitionsConfig(AppConfig):
    name = "transitions"

    def ready(self) -> None:
        from transitions import checks  # noqa: F401  registers them

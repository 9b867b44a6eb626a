"""Moves between phases and the handovers that go with them."""

from django.apps import AppConfig


class TransitionsConfig(AppConfig):
    name = "transitions"

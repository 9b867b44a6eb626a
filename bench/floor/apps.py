"""The floor as an app."""

from django.apps import AppConfig


class FloorConfig(AppConfig):
    """Its tables are the partnership's own; it makes none."""

    name = "bench.floor"
    label = "floor"

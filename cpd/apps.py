"""Professional development: programmes, sessions, bookings."""

from importlib import import_module

from django.apps import AppConfig


class CpdConfig(AppConfig):
    name = "cpd"
    verbose_name = "CPD"

    def ready(self) -> None:
        import_module("cpd.hooks")

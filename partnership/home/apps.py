"""The first page after sign-in, health, and the demo."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.db.models.signals import pre_migrate
from django.utils.module_loading import autodiscover_modules


class HomeConfig(AppConfig):
    name = "partnership.home"
    label = "home"

    def ready(self) -> None:
        from partnership.access.once import sweep_presses
        from partnership.home import walls  # noqa: F401  registers its checks
        from partnership.home.roles import grant_to_serving_roles
        from partnership.home.sessions import sweep_sessions
        from partnership.outbox import housekeeping

        autodiscover_modules("cards", "hooks")
        housekeeping.register("sessions", sweep_sessions)
        housekeeping.register("presses", sweep_presses)
        # One sender, so that it runs once per migrate.
        pre_migrate.connect(grant_to_serving_roles, sender=apps.get_app_config("contenttypes"))

"""Messages, deliveries and jobs: what is promised to be sent or done."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from partnership.ui.navigation import register_inbox


class OutboxConfig(AppConfig):
    """Finds what the features register: their kinds of message and their kinds of job."""

    name = "partnership.outbox"
    label = "outbox"

    def ready(self) -> None:
        from partnership.outbox.queries import unread_now

        autodiscover_modules("reminders", "jobs")
        register_inbox("inbox:list", unread_now)

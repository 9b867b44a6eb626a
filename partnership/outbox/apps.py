"""Messages, deliveries and jobs: what is promised to be sent or done."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "partnership.outbox"
    label = "outbox"

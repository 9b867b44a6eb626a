"""The audit app: an append-only log of who did and opened what."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Events by id, never by name."""

    name = "partnership.audit"
    label = "audit"

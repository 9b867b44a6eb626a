"""The access app: permissions, viewers, guards and the database context."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may see and do what, in one place."""

    name = "partnership.access"
    label = "access"

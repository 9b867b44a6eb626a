"""Task groups and their work."""

from django.apps import AppConfig


class TaskgroupsConfig(AppConfig):
    name = "taskgroups"

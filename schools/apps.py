"""The shared ground: organisations, people's posts, terms, pupils."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"

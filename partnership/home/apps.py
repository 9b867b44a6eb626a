"""The first page after sign-in, health, and the demo."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "partnership.home"
    label = "home"

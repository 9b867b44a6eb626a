"""Components and templates: how pages look and speak."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "partnership.ui"
    label = "ui"

"""Every address, by feature. Features are named as strings only."""

from __future__ import annotations

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

FEATURES = [
    ("", "partnership.home.urls"),
    ("", "partnership.outbox.urls"),
    ("", "schools.urls"),
    ("", "transitions.urls"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    *(path(prefix, include(name)) for prefix, name in FEATURES if find_spec(name)),
]

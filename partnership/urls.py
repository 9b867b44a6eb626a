"""Every address, by feature. Features are named as strings only."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from partnership.access.guards import open_to_all
from partnership.ui.views import styleguide

FEATURES = [
    ("", "partnership.home.urls"),
    ("", "partnership.outbox.urls"),
    ("", "schools.urls"),
    ("imports/", "schools.views.imports.urls"),
    ("", "transitions.urls"),
    ("cpd/", "cpd.urls"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("partnership.accounts.urls")),
    *(path(prefix, include(name)) for prefix, name in FEATURES if find_spec(name)),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("partnership.home.demo_urls")))
    urlpatterns.append(path("styleguide/", open_to_all(styleguide), name="styleguide"))

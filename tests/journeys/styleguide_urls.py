"""The project's addresses and the style guide, which outside the demo has none."""

from __future__ import annotations

from django.urls import path

from partnership import urls
from partnership.access.guards import open_to_all
from partnership.ui.views import styleguide

urlpatterns = [path("styleguide/", open_to_all(styleguide), name="styleguide"), *urls.urlpatterns]

"""What every page knows: the platform's name, the navigation, the inbox."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from partnership.ui import navigation


def page(request: HttpRequest) -> dict[str, Any]:
    """Context for `base.html`; worked out only if the template asks, and empty where no viewer was built."""
    viewer = getattr(request, "viewer", None)

    def links() -> list[navigation.NavLink]:
        return navigation.links_for(viewer, request.path) if viewer else []

    def footer() -> list[navigation.NavLink]:
        return navigation.footer_for(viewer) if viewer else []

    def inbox() -> navigation.InboxLink | None:
        return navigation.inbox_for(viewer) if viewer else None

    return {
        "platform_name": settings.PLATFORM_NAME,
        "demo": settings.DEMO,
        "navigation": SimpleLazyObject(links),
        "footer_links": SimpleLazyObject(footer),
        "inbox_link": SimpleLazyObject(inbox),
    }

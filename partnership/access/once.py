"""The same POST twice has one effect: whoever double-clicks, or whose browser sends again, is led where the first went.

A page's form carries Django's masked token, which is another each time the page is opened. So the same person, address
and body, token included, is the same press of the same button; to do a thing a second time one opens the page again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from partnership.access.guards import viewer_of

PRESSES = "presses"
"""Kept by the request's own connection, so that a press whose work is undone is forgotten with it."""
KEPT = 24 * 60 * 60
"""Seconds for which a press is remembered."""
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  (the name of a field)


class OnceMiddleware:
    """Copies of one POST wait for each other; once one has led on, the others only follow it.

    What ends in anything but a redirect changed nothing by our habits (one form, one action, one redirect), or is
    saved as one writes and carries its version: it is done again. So is a POST that no page's form sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        press = getattr(request, "press", "")
        if press and isinstance(response, HttpResponseRedirect):
            caches[PRESSES].set(press, response.url, KEPT)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """After the token and the door were asked. The lock ends with the transaction in which the first one wrote."""
        press = press_of(request)
        if not press:
            return None
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [press])
        if went := caches[PRESSES].get(press):
            return HttpResponseRedirect(went)
        request.press = press  # type: ignore[attr-defined]
        return None


def press_of(request: HttpRequest) -> str:
    """The name of this press of a button; '' for what is none, and for somebody signed out."""
    viewer = viewer_of(request)
    if request.method != "POST" or not viewer.signed_in or not request.POST.get(TOKEN):
        return ""
    files = [(name, each.name, each.size) for name, many in request.FILES.lists() for each in many]
    said = (
        str(viewer.user_id),
        request.get_full_path(),
        sorted(request.POST.lists()),
        sorted(files, key=str),
    )
    return f"press:{hashlib.sha256(repr(said).encode(errors='surrogatepass')).hexdigest()}"

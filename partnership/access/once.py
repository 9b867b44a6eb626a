"""The same POST twice has one effect: whoever double-clicks, or whose browser sends again, is led where the first went.

A page's form carries Django's masked token, which is another each time the page is opened. So the same person, address
and body, token included, is the same press of the same button; to do a thing a second time one opens the page again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from partnership.access import rls
from partnership.access.guards import viewer_of
from partnership.access.models import KEPT, Press, first_press

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
        if press and not connection.needs_rollback:
            rows = Press.objects.filter(key=press)
            if isinstance(response, HttpResponseRedirect):
                rows.update(went=response.url)
            else:
                rows.delete()
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """After the token and the door were asked."""
        press = press_of(request)
        if not press:
            return None
        if not first_press(press):
            return HttpResponseRedirect(Press.objects.get(key=press).went)
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
    return hashlib.sha256(repr(said).encode(errors="surrogatepass")).hexdigest()


def sweep_presses(*, at: datetime) -> int:
    """Forget what was pressed long ago."""
    with rls.as_worker():
        return Press.objects.filter(at__lt=at - KEPT).delete()[0]

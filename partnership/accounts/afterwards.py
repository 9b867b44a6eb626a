"""Where somebody was going when they were asked for something first."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

AFTERWARDS = "second_step_afterwards"


def remember_wanted(request: HttpRequest) -> None:
    """Keep the address in the session, if the request names one of this site."""
    if wanted := get_next_redirect_url(request):
        request.session[AFTERWARDS] = wanted


def afterwards(request: HttpRequest, *, otherwise: str = "/") -> str:
    return str(request.session.get(AFTERWARDS) or otherwise)


def page_to_return_to(request: HttpRequest) -> str:
    """This page, or the one whose button was pressed."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if ours and parts.query else parts.path if ours else "/"

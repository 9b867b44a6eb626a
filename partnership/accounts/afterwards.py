"""Where somebody was going when they were asked to set up a second step."""

from __future__ import annotations

from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest

AFTERWARDS = "second_step_afterwards"


def remember_wanted(request: HttpRequest) -> None:
    """Keep the address in the session, if the request names one of this site."""
    if wanted := get_next_redirect_url(request):
        request.session[AFTERWARDS] = wanted


def afterwards(request: HttpRequest, *, otherwise: str = "/") -> str:
    return str(request.session.get(AFTERWARDS) or otherwise)

"""One middleware: it works out the viewer, opens the outer transaction with the database context, and keeps the doors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.http import urlencode

from partnership.access import rls
from partnership.access.guards import Rule, rule_of
from partnership.access.limits import too_often
from partnership.access.viewer import Viewer
from partnership.accounts.afterwards import page_to_return_to
from partnership.accounts.second_factor import ask_once_more, page_to_show_or_set_up, ways_to_show
from partnership.accounts.watch import note

METHODS = ("GET", "HEAD", "POST")
"""What a page can be asked by. TRACE and the rest get the same short answer everywhere, before any view runs."""


def session_has_mfa(request: HttpRequest) -> bool:
    """Whether a second factor stands behind this session, by allauth's own record of how this user signed in."""
    return any(each.get("method") == "mfa" for each in get_authentication_records(request, request.user))


def who_asks(request: HttpRequest) -> AbstractContextManager[Viewer]:
    """The viewer of a request, with their reach for as long as it runs; an account that may no longer sign in is nobody."""
    user = request.user
    if not (user.is_authenticated and user.is_active):
        return rls.nobody()
    return rls.acting_as(user.pk, mfa=session_has_mfa(request), user=user)


class SignedInMiddleware(LoginRequiredMiddleware):
    """As Django's; after signing in one comes back to the page whose button was pressed, which can be opened."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        return redirect_to_login(page_to_return_to(request), self.get_login_url(view_func))


class AccessMiddleware:
    """The outer of the two transaction layers of walls §2; ATOMIC_REQUESTS is the inner one, which undoes a failed view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return explained(HttpResponseNotAllowed(METHODS), request)
        with who_asks(request) as viewer:
            request.viewer = viewer  # type: ignore[attr-defined]
            response = self.get_response(request)
        if viewer.signed_in:
            response.headers.setdefault("Cache-Control", "no-store")
            if not request.user.is_authenticated:
                response.headers["Clear-Site-Data"] = '"cache", "storage"'  # signed out: Back shows nothing
        if response.status_code == 403 or (response.status_code == 404 and viewer.signed_in):
            turned_away(request, viewer, response.status_code)
        return explained(response, request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse a view without a rule, send a session without its second factor to get one, and keep the rest out."""
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        if viewer.signed_in and (slower := too_often(request)):
            return slower
        if keeps_its_own_door(request, view):
            return None
        rule = rule_of(view)
        if rule.public or not viewer.signed_in:  # SignedInMiddleware sends the signed-out to the sign-in page
            return None
        answer = self.second_factor(request, rule, viewer)
        if answer is None and not rule.met_by(viewer):
            raise PermissionDenied
        return answer or (ask_once_more(request) if rule.fresh else None)

    def second_factor(self, request: HttpRequest, rule: Rule, viewer: Viewer) -> HttpResponseBase | None:
        if not rule.needs_mfa or viewer.mfa or not rule.met_by(viewer):
            return None
        if not ways_to_show(request.user):
            messages.info(
                request, "Pages about children need a second step when you sign in. Set it up once, here."
            )
        page = page_to_show_or_set_up(request.user)
        return redirect(f"{page}?{urlencode({'next': page_to_return_to(request)})}")


def explained(response: HttpResponseBase, request: HttpRequest) -> HttpResponseBase:
    """Django's answer to a page asked for in the wrong way is empty: a person who meets it is told where to go."""
    if isinstance(response, HttpResponseNotAllowed) and not response.content:
        response.content = render_to_string("405.html", request=None)
    return response


def turned_away(request: HttpRequest, viewer: Viewer, status: int) -> None:
    """A line for the security log. The address by its pattern and ids alone: an invitation's holds its secret."""
    match = request.resolver_match
    ids = {name: value for name, value in (match.kwargs if match else {}).items() if name == "pk"}
    page = match.view_name if match else ""
    facts = {"user": viewer.user_id, "method": request.method, "page": page, "status": status, **ids}
    note("page.refused", request, level=logging.WARNING, **facts)


def keeps_its_own_door(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """The admin asks `AdminSite.has_permission`; allauth's pages, and Django's own static ones, ask themselves."""
    match = request.resolver_match
    if match is not None and match.app_names[:1] == ["admin"]:
        return True
    return view.__module__.startswith(("allauth.", "django.", "whitenoise.", "partnership.accounts."))

"""One middleware: it works out the viewer, opens the outer transaction with the database context, and keeps the doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode

from partnership.access import rls
from partnership.access.guards import Rule, rule_of
from partnership.access.viewer import NOBODY, Viewer, build_viewer


def session_has_mfa(request: HttpRequest) -> bool:
    """Whether a second factor stands behind this session, by allauth's own record of how this user signed in."""
    return any(each.get("method") == "mfa" for each in get_authentication_records(request, request.user))


def viewer_for_request(request: HttpRequest) -> Viewer:
    """The viewer of a request; an account that may no longer sign in is nobody."""
    user = request.user
    if not (user.is_authenticated and user.is_active):
        return NOBODY
    return build_viewer(user_id=user.pk, mfa=session_has_mfa(request), user=user)


class AccessMiddleware:
    """The outer of the two transaction layers of walls §2; ATOMIC_REQUESTS is the inner one, which undoes a failed view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        nobody = rls.context_of(NOBODY)
        with rls.context(nobody):
            viewer = viewer_for_request(request)
            request.viewer = viewer  # type: ignore[attr-defined]
            with rls.context(rls.context_of(viewer), before=nobody):
                response = self.get_response(request)
        if viewer.signed_in:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse a view without a rule, send a session without its second factor to get one, and keep the rest out."""
        if keeps_its_own_door(request, view):
            return None
        rule = rule_of(view)
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        if (
            rule.public or not viewer.signed_in
        ):  # LoginRequiredMiddleware sends the signed-out to the sign-in page
            return None
        answer = self.second_factor(request, rule, viewer)
        if answer is None and not rule.met_by(viewer):
            raise PermissionDenied
        return answer

    def second_factor(self, request: HttpRequest, rule: Rule, viewer: Viewer) -> HttpResponseBase | None:
        if not rule.needs_mfa or viewer.mfa or not rule.met_by(viewer):
            return None
        from allauth.mfa.utils import is_mfa_enabled

        enrolled = is_mfa_enabled(request.user)
        page = "mfa_reauthenticate" if enrolled else "mfa_activate_totp"
        if not enrolled:
            messages.info(
                request, "Pages about children need a second step when you sign in. Set it up once, here."
            )
        return redirect(f"{resolve_url(page)}?{urlencode({'next': request.get_full_path()})}")


def keeps_its_own_door(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """The admin asks `AdminSite.has_permission`; allauth's pages, and Django's own static ones, ask themselves."""
    match = request.resolver_match
    if match is not None and match.app_names[:1] == ["admin"]:
        return True
    return view.__module__.startswith(("allauth.", "django.", "whitenoise.", "partnership.accounts."))

"""The admin's own door (walls §1): it has no sign-in of its own, and opens only to a session with a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Protocol, cast

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.defaults import bad_request

from partnership.accounts.second_factor import page_to_show_or_set_up, session_has_second_factor
from partnership.ui.admin import ViewerAdmin

COORDINATE = "coordinate"  # partnership.access.permissions.Permission.COORDINATE, one layer above


class AdminViewer(Protocol):
    """What this door asks of the request's viewer."""

    mfa: bool
    signed_in: bool

    def has(self, permission: Any, /) -> bool: ...


class NoIdAtTheDesk:
    """A middleware. Whoever sends the desk something that cannot be an id, which its lists and choices never offer, is
    told that the request was bad: Django's admin hands it to the database column, and breaks on what that says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Of the view, and of its page while it is drawn."""
        match = request.resolver_match
        if match is None or match.app_names[:1] != ["admin"] or not isinstance(exception, ValidationError):
            return None
        return bad_request(request, exception)


class PartnershipAdminSite(AdminSite):
    """Coordinators by their post, and superusers who are staff; never by password alone, never by a form of its own."""

    site_title = "Coordination"
    site_header = "Coordination"
    index_title = "This morning"
    site_url = "/"
    enable_nav_sidebar = False  # the first page lists the records; tables need the width

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what stands on our base class: the pages that packages bring along know no viewer."""
        if admin_class is not None and issubclass(admin_class, ViewerAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without Django's `r/<kind>/<id>/`, which tells of any row whether it exists: no record here has a page on site."""
        return [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> TemplateResponse:
        """Headed by the app's name, without "administration"."""
        name = apps.get_app_config(app_label).verbose_name if app_label in apps.app_configs else ""
        return super().app_index(request, app_label, {"title": name, **(extra_context or {})})

    def has_permission(self, request: HttpRequest) -> bool:
        return self.entitled(request) and session_has_second_factor(request)

    def entitled(self, request: HttpRequest) -> bool:
        """Whether the person may come in at all, once their second factor is shown."""
        user = request.user
        viewer = cast(AdminViewer | None, getattr(request, "viewer", None))
        if viewer is None or not (user.is_authenticated and user.is_active):
            return False
        return viewer.has(COORDINATE) or bool(user.is_superuser and user.is_staff)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # type: ignore[override]
        """As Django's, but whoever lacks only the second factor is sent to show it, and any other signed-in person
        is told no rather than offered another sign-in."""
        guarded = super().admin_view(view, cacheable)

        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                return self.turn_away(request)
            return cast(HttpResponseBase, guarded(request, *args, **kwargs))

        return update_wrapper(entered, guarded)

    def turn_away(self, request: HttpRequest) -> HttpResponse:
        if not self.entitled(request):
            raise PermissionDenied
        page = page_to_show_or_set_up(request.user)
        return HttpResponseRedirect(f"{page}?{urlencode({'next': reverse('admin:index')})}")

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Never signs anybody in: a GET of somebody signed out goes to the one door, all else is refused."""
        if request.method not in ("GET", "HEAD") or request.user.is_authenticated:
            raise PermissionDenied
        wanted = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{resolve_url('account_login')}?{urlencode({'next': wanted})}")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:index"))

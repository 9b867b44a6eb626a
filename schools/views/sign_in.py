"""How an organisation's people may sign in: its own Microsoft or Google accounts, both, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from schools.actions import sign_in as act
from schools.enums import SignInKind
from schools.forms.sign_in import SignInMethodForm
from schools.queries import sign_in as queries
from schools.views.people import chosen

if TYPE_CHECKING:
    from schools.models import Organisation


@require_GET
@needs(Permission.SET_SIGN_IN)
def methods(request: HttpRequest) -> HttpResponse:
    """What is set, and the way to each."""
    viewer = viewer_of(request)
    place = found_place(request)
    kinds = [(kind, queries.method_of(viewer, place, kind)) for kind in SignInKind]
    return render(request, "schools/sign_in/methods.html", {"place": place, "kinds": kinds})


@require_http_methods(["GET", "POST"])
@needs(Permission.SET_SIGN_IN, fresh=True)
def method(request: HttpRequest, kind: str) -> HttpResponse:
    """What the tenant's administrator registers, and what they hand back."""
    if kind not in SignInKind.values:
        raise Http404
    viewer, place = viewer_of(request), found_place(request)
    found = queries.method_of(viewer, place, kind)
    if found and "remove" in request.POST:
        act.remove_method(method=found, by=viewer, at=timezone.now())
        messages.success(request, f"Nobody signs in with {SignInKind(kind).label} any more.")
        return to_methods(place)
    initial = {"tenant": found.tenant, "client_id": found.client_id} if found else {}
    form = SignInMethodForm(request.POST or None, kind=kind, known=bool(found), initial=initial)
    if form.is_valid():
        act.set_method(organisation=place, kind=kind, by=viewer, at=timezone.now(), **form.cleaned_data)
        messages.success(request, f"People of {place.name} can now sign in with {SignInKind(kind).label}.")
        return to_methods(place)
    context: dict[str, Any] = {
        "place": place,
        "kind": SignInKind(kind),
        "found": found,
        "form": form,
        "redirect_address": settings.PUBLIC_URL.rstrip("/")
        + reverse("openid_connect_callback", args=[queries.name_for(place, kind)]),
    }
    return render(request, "schools/sign_in/method.html", context)


def found_place(request: HttpRequest) -> Organisation:
    place = chosen(request, queries.places_to_set(viewer_of(request)))
    if place is None:
        raise Http404
    return place


def to_methods(place: Organisation) -> HttpResponse:
    return redirect(f"{reverse('schools:sign_in_methods')}?school={place.pk}")

"""Meeting the people of the demo: one press signs in as one of them. Mounted only under the demo's settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnership.access.guards import open_to_all
from partnership.accounts.demo import sign_in_as
from partnership.accounts.models import User
from partnership.home.demo import Persona, personas


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, email: str = "") -> HttpResponse:
    """Everyone one can be; with an address, that one person. A GET only shows: a POST signs in."""
    if settings.DEMO is not True:
        raise Http404
    met = [persona for persona in personas() if not email or persona.email == email]
    if email and not met:
        raise Http404
    if request.method == "POST":
        wanted = email or request.POST.get("email", "")
        if wanted not in {persona.email for persona in met}:
            raise Http404
        user = User.objects.filter(email=wanted).first()
        if user is None:
            raise Http404
        sign_in_as(request, user)
        return redirect("/")
    return render(request, "home/demo.html", {"groups": grouped(met), "alone": bool(email)})


def grouped(met: list[Persona]) -> list[dict[str, Any]]:
    """By school, in the order given."""
    groups: dict[str, list[Persona]] = {}
    for persona in met:
        groups.setdefault(persona.school, []).append(persona)
    return [{"school": school, "people": found} for school, found in groups.items()]

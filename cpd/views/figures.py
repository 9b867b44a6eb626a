"""The picture of a school year, with its tables."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.queries import figures
from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.dates import academic_year_of, academic_year_words


@require_GET
@needs(Permission.BOOK_STAFF, Permission.COORDINATE)
def picture(request: HttpRequest) -> HttpResponse:
    """Heads of their own school, coordinators of their partnership; this school year or the one before."""
    viewer, now = viewer_of(request), timezone.now()
    scopes = figures.scopes_of(viewer)
    scope = next((each for each in scopes if each.id == request.GET.get("of")), scopes[0])
    this_year = academic_year_of(timezone.localdate(now))
    asked = request.GET.get("year", "")
    year = int(asked) if asked in (str(this_year), str(this_year - 1)) else this_year
    return render(
        request,
        "cpd/figures.html",
        {
            "scope": scope,
            "scopes": scopes,
            "year": year,
            "years": [(each, academic_year_words(each)) for each in (this_year, this_year - 1)],
            "year_words": academic_year_words(year),
            "figures": figures.figures_of(viewer, scope, year=year, now=now),
        },
    )

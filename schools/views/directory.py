"""The directory of schools, a school's page, and the directory as a file."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.csvsafe import csv_response
from partnership.ui.pagination import paginate
from schools.filters import SchoolFilter
from schools.queries import boundary, directory
from schools.views.facts import facts_of


@require_GET
@needs(Permission.SEE_DIRECTORY)
def school_list(request: HttpRequest) -> HttpResponse:
    """Search and filters; on a phone the rows become cards."""
    found = SchoolFilter(request.GET, viewer=viewer_of(request), today=timezone.localdate())
    context = {"filter": found, "form": found.form, "page": paginate(request, found.qs)}
    return render(request, "schools/directory/list.html", context)


@require_GET
@needs(Permission.SEE_DIRECTORY)
def school_list_csv(request: HttpRequest) -> HttpResponse:
    """The schools that the address asks for, all pages of them."""
    found = SchoolFilter(request.GET, viewer=viewer_of(request), today=timezone.localdate())
    return csv_response("schools.csv", directory.EXPORT_HEADER, directory.export_rows(found.qs))


@require_GET
@needs(Permission.SEE_DIRECTORY)
def school(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Facts, whom to contact, partnerships, trust, former and later schools, and where it is."""
    viewer, today = viewer_of(request), timezone.localdate()
    found = directory.school_page(viewer, pk)
    if found is None:
        raise Http404
    placed = found.latitude is not None and found.longitude is not None
    context = {
        "school": found,
        "facts": facts_of(found),
        "contacts": directory.contacts_of(viewer, found, on=today) if found.is_school else [],
        "memberships": directory.memberships_of(viewer, found, on=today),
        "links": directory.links_of(viewer, found),
        "neighbours": directory.neighbours(viewer, found, on=today) if placed else [],
        "placed": placed,
        "map": boundary.map_settings(viewer),
    }
    return render(request, "schools/directory/school.html", context)

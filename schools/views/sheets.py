"""The printed sheet of codes for somebody without a phone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from schools.actions import sheets as act
from schools.actions.inviting import NotPossible
from schools.views.people import found_post, to_staff


@require_http_methods(["GET", "POST"])
@needs(Permission.APPOINT, fresh=True)
def code_sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asked first, since the sheet before stops working; then shown this once, to print."""
    viewer, post = viewer_of(request), found_post(request, pk)
    act.ensure_may_print_sheet(viewer, post)
    if request.method == "GET":
        return render(request, "schools/people/code_sheet_ask.html", {"post": post})
    try:
        codes = act.print_sheet(post=post, by=viewer, at=timezone.now())
    except NotPossible as fault:
        messages.error(request, fault.reason)
        return to_staff(post.organisation_id)
    return render(
        request,
        "schools/people/code_sheet.html",
        {"post": post, "codes": codes, "today": timezone.localdate()},
    )

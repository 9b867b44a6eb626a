"""Ten minutes together at a session: offer, answer, say that it was held."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from cpd.actions import talks as acts
from cpd.queries import talks
from cpd.views.booking import refusals_said
from cpd.views.offer import line_or_404
from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission


@require_POST
@needs(Permission.BOOK_CPD)
def offer_talk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """To one of those whom the session's page names."""
    viewer = viewer_of(request)
    line = line_or_404(request, pk)
    asked = request.POST.get("to", "")
    to = next((each for each in talks.partners_in(viewer, line) if str(each.user_id) == asked), None)
    if to is None:
        raise Http404
    with refusals_said(request):
        acts.offer_talk(line.session, to=to.user_id, by=viewer, at=timezone.now())
        messages.success(request, f"Offered. {to.name} is told.")
    return redirect("cpd:session", pk=pk)


@require_POST
@needs(Permission.BOOK_CPD)
def answer_talk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Yes, no, or afterwards: we have talked."""
    viewer, now = viewer_of(request), timezone.now()
    talk = talks.find_talk(viewer, pk)
    if talk is None:
        raise Http404
    answer = request.POST.get("answer", "")
    with refusals_said(request):
        if answer == "held":
            acts.hold_talk(talk, by=viewer, at=now)
            messages.success(request, "Noted: you have talked.")
        elif answer in ("yes", "no"):
            acts.answer_talk(talk, agreed=answer == "yes", by=viewer, at=now)
            messages.success(request, "Your colleague is told.")
    return redirect("cpd:session", pk=talk.session_id)

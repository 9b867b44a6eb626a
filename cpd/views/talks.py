"""Ten minutes together at a session: offer a time, answer, name another, say that it was held."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
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
    """To one of those whom the session's page names, at one of the times it offers."""
    viewer = viewer_of(request)
    line = line_or_404(request, pk)
    asked = request.POST.get("to", "")
    to = next((each for each in talks.partners_in(viewer, line) if str(each.user_id) == asked), None)
    if to is None:
        raise Http404
    with refusals_said(request):
        acts.offer_talk(line.session, to=to.user_id, starts_at=time_in(request), by=viewer, at=timezone.now())
        messages.success(request, f"Offered. {to.name} is told.")
    return redirect("cpd:session", pk=pk)


@require_POST
@needs(Permission.BOOK_CPD)
def answer_talk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Yes, no, another time, or afterwards: we have talked."""
    viewer, now = viewer_of(request), timezone.now()
    talk = talks.find_talk(viewer, pk)
    if talk is None:
        raise Http404
    answer = request.POST.get("answer", "")
    with refusals_said(request):
        if answer == "held":
            acts.hold_talk(talk, by=viewer, at=now)
            messages.success(request, "Noted: you have talked.")
        elif answer == "time":
            acts.name_time(talk, starts_at=time_in(request), by=viewer, at=now)
            messages.success(request, "Your colleague is told.")
        elif answer in ("yes", "no"):
            acts.answer_talk(talk, agreed=answer == "yes", by=viewer, at=now)
            messages.success(request, "Your colleague is told.")
    return redirect("cpd:session", pk=talk.session_id)


def time_in(request: HttpRequest) -> datetime:
    """The time that was chosen. Raises Refused."""
    try:
        found = parse_datetime(request.POST.get("time", ""))
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise acts.Refused("Choose a time.")
    return found

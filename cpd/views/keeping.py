"""Whether a session takes place: calling it off, asked once more, or deciding that it goes ahead."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cpd.actions import keeping
from cpd.forms.keeping import CallOffForm
from cpd.queries.deciding import few
from cpd.rules import may_keep
from cpd.views.booking import refusals_said
from cpd.views.offer import line_or_404
from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission


@needs(Permission.COORDINATE)
def call_off(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Why it does not take place; everybody with a turn is told in a mail of its own."""
    viewer = viewer_of(request)
    line = line_or_404(request, pk)
    if not may_keep(viewer, line.session.partnership_id):
        raise Http404
    form = CallOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keeping.call_off(line.session, why=form.cleaned_data["why"], by=viewer, at=timezone.now())
        except keeping.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Called off. Everybody who was booked is told.")
            return redirect("cpd:session", pk=pk)
    return render(request, "cpd/call_off.html", {"form": form, "line": line, "session": line.session})


@needs(Permission.COORDINATE)
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The numbers, and one press to go ahead; calling off asks for a reason."""
    viewer = viewer_of(request)
    line = line_or_404(request, pk)
    if not may_keep(viewer, line.session.partnership_id):
        raise Http404
    if request.method == "POST":
        with refusals_said(request):
            keeping.go_ahead(line.session, by=viewer, at=timezone.now())
            messages.success(request, "It goes ahead. Whoever is booked reads so on this page.")
        return redirect("cpd:session", pk=pk)
    return render(
        request,
        "cpd/decide.html",
        {"line": line, "session": line.session, "few": few(line.session, line.queue)},
    )

"""Calling a session off, asked once more."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cpd.actions import keeping
from cpd.forms.keeping import CallOffForm
from cpd.rules import may_keep
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

"""Correct or redact: the words, where they stand, then one button."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnership.access.guards import ensure, needs, viewer_of
from partnership.access.permissions import Permission
from transitions.actions.rectifying import rectify
from transitions.forms.rectifying import RectifyForm
from transitions.queries.rectifying import where_it_stands
from transitions.rules import may_correct, may_redact
from transitions.views.common import handover_or_404, record_opening, said


@require_http_methods(["GET", "POST"])
@needs(Permission.WITHDRAW_HANDOVERS)
def rectify_words(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks for the words, shows every place they stand in, and replaces them when that is confirmed."""
    viewer = viewer_of(request)
    handover = handover_or_404(request, pk)
    move = handover.transition
    ensure(may_redact(viewer, handover))
    form = RectifyForm(request.POST or None, may_correct=may_correct(viewer, handover))
    found = None
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        confirmed = asked.pop("confirmed")
        found = where_it_stands(viewer, handover, asked["passage"])
        record_opening(request, handover, side=handover.school_id, version=handover.latest)
        if not found:
            form.add_error("passage", "These words stand nowhere in this handover: copy them exactly.")
        elif confirmed:
            with said(request, "Replaced everywhere. What remains is who, when and why."):
                rectify(handover, **asked, by=viewer, at=timezone.now())
            return redirect("transitions:child", pk=pk)
    context = {"move": move, "pupil": move.pupil, "handover": handover, "form": form, "found": found}
    return render(request, "transitions/rectify.html", context)

"""At the next school: read, accept, settle, and put the child in a class."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from partnership.access.guards import ensure, needs, viewer_of
from partnership.access.permissions import Permission
from transitions.actions.receiving import accept, allot, receive, settle
from transitions.forms.writing import SettleForm
from transitions.queries import children
from transitions.rules import may_settle
from transitions.views.common import handover_or_404, impossible, said


@require_POST
@needs(Permission.READ_HANDOVERS, Permission.TEACH)
def mark_read(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """I have read it: a receipt with my name and the time, for the version I was shown."""
    viewer = viewer_of(request)
    handover = handover_or_404(request, pk)
    version = children.latest_version(viewer, handover)
    if version is None:
        raise Http404
    if str(version.number) != request.POST.get("version"):
        messages.error(
            request, "A newer version came in while you were reading. Read it below, then mark it as read."
        )
        return redirect("transitions:child", pk=pk)
    with said(request, f"Marked as read. {handover.school.name} sees your name and the time."):
        receive(version, handover, by=viewer, at=timezone.now())
    return redirect("transitions:child", pk=pk)


@require_POST
@needs(Permission.RECEIVE_HANDOVERS)
def accept_handover(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Accept: we know the child, we are ready."""
    handover = handover_or_404(request, pk)
    with said(request, "Accepted. The present school is told today."):
        accept(handover, by=viewer_of(request), at=timezone.now())
    return redirect("transitions:child", pk=pk)


@needs(Permission.RECEIVE_HANDOVERS)
def settle_child(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The child has settled, with one friendly line back."""
    handover = handover_or_404(request, pk)
    move = handover.transition
    ensure(may_settle(viewer_of(request), handover))
    if request.method != "POST" and impossible(request, handover, "settle"):
        return redirect("transitions:child", pk=pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = "gets your line" if form.cleaned_data["note"] else "is told"
        with said(request, f"Settled. {move.school.name} {told}."):
            settle(
                handover,
                note=form.cleaned_data["note"],
                by=viewer_of(request),
                at=timezone.now(),
            )
        return redirect("transitions:child", pk=pk)
    context = {"move": move, "pupil": move.pupil, "form": form}
    return render(request, "transitions/settle.html", context)


@require_POST
@needs(Permission.ALLOT_CLASSES)
def allot_class(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put the child in a class, whose teachers may then read what was shared."""
    viewer = viewer_of(request)
    handover = handover_or_404(request, pk)
    choices = {str(group.pk): group for group in children.classes_at(viewer, handover.seen_by)}
    wanted = request.POST.get("class_group", "")
    if wanted and wanted not in choices:
        raise Http404
    words = (
        f"In class {choices[wanted].name}: its teachers may now read what was shared."
        if wanted
        else "Taken out of the class."
    )
    with said(request, words):
        allot(handover, choices.get(wanted), by=viewer, at=timezone.now())
    return redirect("transitions:child", pk=pk)

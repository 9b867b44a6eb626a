"""Check and share, amend, withdraw."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from partnership.access.guards import ensure, needs, viewer_of
from partnership.access.permissions import Permission
from transitions.actions.sharing import NOTHING_NEW, amend, doubts, hindrances, share, withdraw
from transitions.actions.withholding import let_go, withhold
from transitions.forms.writing import ReasonForm
from transitions.queries import children
from transitions.rules import may_share, may_withdraw
from transitions.views.common import BEFORE, handover_or_404, impossible, record_opening, said, unsent


@needs(Permission.SHARE_HANDOVERS)
def check_and_share(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What will go, to whom, and what still hinders it; then one button."""
    viewer, now = viewer_of(request), timezone.now()
    handover = handover_or_404(request, pk)
    move = handover.transition
    ensure(may_share(viewer, handover))
    first = handover.state in BEFORE
    form = ReasonForm(request.POST if request.method == "POST" and not first else None)
    if request.method == "POST" and (first or form.is_valid()):
        name = move.to_school.name if move.to_school else ""
        words = f"Shared with {name}." if first else f"The amendment is with {name}."
        with said(request, f"{words} We tell them today, and you will see here when they have read it."):
            if first:
                share(handover, by=viewer, at=now)
            else:
                amend(handover, reason=form.cleaned_data["reason"], by=viewer, at=now)
        return redirect("transitions:child", pk=pk)
    sections = children.working_sections(viewer, handover)
    version = children.latest_version(viewer, handover)
    changed = frozenset() if first or version is None else unsent(handover, sections, version)
    if version is not None and not first and not changed:
        messages.error(request, NOTHING_NEW.format(version.number))
        return redirect("transitions:child", pk=pk)
    record_opening(request, handover, side=handover.school_id, version=0)
    return render(
        request,
        "transitions/share.html",
        {
            "move": move,
            "pupil": move.pupil,
            "handover": handover,
            "first": first,
            "form": form,
            "sections": children.marked(children.shown_working(sections), changed),
            "hindrances": hindrances(handover, move, sections, on=now, asker=viewer.user_id),
            "doubts": doubts(move, sections),
        },
    )


@needs(Permission.WITHDRAW_HANDOVERS)
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Withdraw what was shared: asked once more, with the reason."""
    viewer = viewer_of(request)
    handover = handover_or_404(request, pk)
    move = handover.transition
    ensure(may_withdraw(viewer, handover))
    if request.method != "POST" and impossible(request, handover, "withdraw"):
        return redirect("transitions:child", pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = move.to_school.name if move.to_school else "The next school"
        with said(request, f"Withdrawn. {name} can no longer read it."):
            withdraw(handover, reason=form.cleaned_data["reason"], by=viewer, at=timezone.now())
        return redirect("transitions:child", pk=pk)
    return render(request, "transitions/withdraw.html", {"move": move, "pupil": move.pupil, "form": form})


@needs(Permission.WITHDRAW_HANDOVERS)
def withhold_section(request: HttpRequest, pk: uuid.UUID, kind: str) -> HttpResponse:
    """Take one section out of everything sent: asked once more, with the reason."""
    viewer = viewer_of(request)
    handover = handover_or_404(request, pk)
    move = handover.transition
    section = section_or_404(request, handover, kind)
    ensure(may_withdraw(viewer, handover))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = f"“{section.get_kind_display()}” is taken out of everything sent."
        with said(request, words):
            withhold(section, handover, reason=form.cleaned_data["reason"], by=viewer, at=timezone.now())
        return redirect("transitions:child", pk=pk)
    context = {"move": move, "pupil": move.pupil, "section": section, "form": form}
    return render(request, "transitions/withhold.html", context)


@require_POST
@needs(Permission.WITHDRAW_HANDOVERS)
def let_section_go(request: HttpRequest, pk: uuid.UUID, kind: str) -> HttpResponse:
    """Let a section that was taken out go again with the next version."""
    handover = handover_or_404(request, pk)
    section = section_or_404(request, handover, kind)
    with said(request, f"“{section.get_kind_display()}” goes again with the next version."):
        let_go(section, handover, by=viewer_of(request), at=timezone.now())
    return redirect("transitions:child", pk=pk)


def section_or_404(request: HttpRequest, handover: children.Handover, kind: str) -> children.Section:
    """A section the viewer may read while it is being written."""
    section = children.find_section(viewer_of(request), handover, kind)
    if section is None:
        raise Http404
    return section

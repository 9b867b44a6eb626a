"""Who knows a child and who will: named by each school's lead, so that the two find each other at CPD."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from transitions.actions.applying import Refused
from transitions.actions.naming import name_adult, unname_adult
from transitions.forms.naming import NameAdultForm
from transitions.queries import named
from transitions.queries.children import Handover
from transitions.rules import may_name
from transitions.views.common import handover_or_404
from transitions.views.writing import about

LEADS = (Permission.SHARE_HANDOVERS, Permission.RECEIVE_HANDOVERS)


def names_at(viewer: Viewer, handover: Handover | None) -> uuid.UUID | None:
    """The school whose adults this viewer names for the child; the present one where they lead at both."""
    if handover is None or handover.kind != "send":
        return None
    sides = (handover.school_id, handover.seen_by)
    return next((each for each in sides if may_name(viewer, handover, each)), None)


@needs(*LEADS)
def adults(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Name one more, or take a name away; who is named stands beside it."""
    viewer, now = viewer_of(request), timezone.now()
    handover = handover_or_404(request, pk)
    school = names_at(viewer, handover)
    if school is None:
        raise Http404
    if request.method == "POST" and "remove" in request.POST:
        return unname(request, handover)
    people = named.could_be_named(handover, school, on=timezone.localdate(now))
    form = NameAdultForm(request.POST or None, people=people, sender=school == handover.school_id)
    if request.method == "POST" and form.is_valid():
        try:
            name_adult(
                handover,
                user_id=uuid.UUID(form.cleaned_data["user"]),
                organisation_id=school,
                talk_counts=form.cleaned_data.get("talk_counts", False),
                by=viewer,
                at=now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "Named. At a CPD session they see who shares the child with them, never which child."
            )
            return redirect("transitions:adults", pk=pk)
    context = {
        "form": form,
        "people": people,
        "sides": named.by_side(viewer, handover),
        "own": school,
        "pk": pk,
    }
    return render(request, "transitions/adults.html", context | about(handover))


def unname(request: HttpRequest, handover: Handover) -> HttpResponse:
    """Take somebody's name away again."""
    viewer = viewer_of(request)
    found = named.find_named(viewer, handover, request.POST.get("remove", ""))
    if found is None or not may_name(viewer, handover, found.organisation_id):
        raise Http404
    unname_adult(found, by=viewer, at=timezone.now())
    messages.success(request, f"{found.user.name} is named no longer.")
    return redirect("transitions:adults", pk=handover.transition_id)

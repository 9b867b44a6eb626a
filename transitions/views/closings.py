"""After a changed destination: the former school confirms, the present school tells the family."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnership.access.guards import ensure, needs, viewer_of
from partnership.access.permissions import Permission
from schools.queries.agreements import whom_to_ask
from transitions.actions.closings import confirm_destroyed, record_family_told
from transitions.enums import TellingWay
from transitions.forms.closings import FamilyToldForm
from transitions.queries import closings
from transitions.rules import may_set_destination
from transitions.views.common import child_url, move_or_404, said


@require_http_methods(["GET", "POST"])
@needs(Permission.SEE_PROGRESS)
def closed_places(request: HttpRequest) -> HttpResponse:
    """Children who were coming and go elsewhere now, by reference; each with one button until it is confirmed."""
    viewer = viewer_of(request)
    if request.method == "POST":
        try:
            place = closings.find_at_former(viewer, uuid.UUID(request.POST.get("place", "")))
        except ValueError:
            return redirect("transitions:closed_places")
        if place is None:
            raise Http404
        confirm_destroyed(place, by=viewer, at=timezone.now())
        messages.success(request, f"Confirmed: nothing of {place.reference} is left with you.")
        return redirect("transitions:closed_places")
    context = {"rows": closings.at_former(viewer), "today": timezone.localdate()}
    return render(request, "transitions/closed_places.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.SET_DESTINATIONS)
def family(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A letter to print, and the record that the family was told; without a change there is nothing to tell."""
    viewer, now = viewer_of(request), timezone.now()
    move = move_or_404(request, pk)
    ensure(may_set_destination(viewer, move))
    places = closings.of_move(viewer, move)
    if not places:
        return redirect(child_url(pk))
    today = timezone.localdate(now)
    form = FamilyToldForm(request.POST or None, initial={"how": TellingWay.LETTER, "on": today})
    if request.method == "POST" and form.is_valid():
        with said(request, "Recorded: the family has been told."):
            record_family_told(move, **form.cleaned_data, by=viewer, at=now)
        return redirect(child_url(pk))
    ask = whom_to_ask([move.school_id], on=today).get(move.school_id, "the school office")
    ask = ask.replace(", its ", ", our ")
    context = {"move": move, "pupil": move.pupil, "places": places, "form": form, "today": today, "ask": ask}
    return render(request, "transitions/family.html", context)

"""The sharing and processing agreement: read, print, say who the controller is, accept."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from schools.actions.agreements import NotAcceptable, accept_agreement, name_controller
from schools.forms.agreements import AcceptForm, ControllerForm
from schools.queries import agreements


@require_GET
@needs(Permission.SEE_DIRECTORY)
def agreement(request: HttpRequest) -> HttpResponse:
    """The text, and where each of one's own organisations stands: open to everybody with a post, and printed from here."""
    today = timezone.localdate()
    current = agreements.agreement_to_read(on=today)
    here = agreements.parties(viewer_of(request), on=today)
    context = {
        "agreement": current,
        "parties": [(party, party.wants(current)) for party in here],
        "today": today,
    }
    return render(request, "schools/agreement/agreement.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.ACT_AS_CONTROLLER)
def controller(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who the controller is and who its data protection officer; then on to check and accept."""
    party = party_or_404(request, pk)
    named = party.controller
    form = ControllerForm(
        request.POST or None,
        officer=party.officers[0].name if party.officers else "",
        initial={name: getattr(named, name) for name in ControllerForm.base_fields} if named else {},
    )
    if request.method == "POST" and form.is_valid():
        name_controller(party.organisation, **form.cleaned_data, by=viewer_of(request), at=timezone.now())
        return redirect("schools:accept_agreement", pk=pk)
    return render(request, "schools/agreement/controller.html", {"form": form, "party": party})


@require_http_methods(["GET", "POST"])
@needs(Permission.ACT_AS_CONTROLLER)
def accept(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Check your answers, then accept."""
    party, today = party_or_404(request, pk), timezone.localdate()
    current = agreements.agreement_to_read(on=today)
    if not party.complete:
        return redirect("schools:controller", pk=pk)
    form = AcceptForm(request.POST or None, initial={"version": current.version if current else 0})
    if request.method == "POST" and form.is_valid():
        try:
            accept_agreement(
                party.organisation,
                version=form.cleaned_data["version"],
                by=viewer_of(request),
                at=timezone.now(),
            )
        except NotAcceptable as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, f"Accepted for {party.controller}. Pupils can be brought in and shared."
            )
        return redirect("schools:agreement")
    context = {
        "form": form,
        "party": party,
        "agreement": current,
        "wanted": party.wants(current),
        "signer": viewer_of(request).name,
    }
    return render(request, "schools/agreement/accept.html", context)


def party_or_404(request: HttpRequest, pk: uuid.UUID) -> agreements.Party:
    """One of the organisations the viewer answers for; any other does not exist."""
    party = agreements.party_of(viewer_of(request), pk, on=timezone.localdate())
    if party is None or not party.may_act:
        raise Http404
    return party

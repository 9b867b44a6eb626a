"""Slips on paper: printed by the office, and the page to which their code leads."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from cpd.actions import booking as acts
from cpd.actions.slips import make_slips
from cpd.queries import offer, slips
from cpd.rules.codes import read_code
from cpd.views.certificates import address_of
from cpd.views.offer import line_or_404
from partnership.access import rls
from partnership.access.guards import needs, open_to_all, viewer_of
from partnership.access.limits import too_many_codes
from partnership.access.permissions import Permission


@needs(Permission.BOOK_STAFF)
def print_slips(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One for each colleague without a mail address: what, when, where, and the code."""
    viewer = viewer_of(request)
    line = line_or_404(request, pk)
    if request.method == "POST":
        made = make_slips(line.session, by=viewer, at=timezone.now())
        messages.success(
            request, f"{len(made)} {'slip is' if len(made) == 1 else 'slips are'} ready to print."
        )
        return redirect("cpd:slips", pk=pk)
    return render(
        request,
        "cpd/slips.html",
        {
            "line": line,
            "session": line.session,
            "slips": slips.slips_of(viewer, line),
            "missing": slips.without_mail(viewer, line.session),
            "cancel_by": acts.last_day_to_cancel(line.session),
            "address": address_of("cpd:slip"),
        },
    )


@never_cache
@open_to_all
def slip(request: HttpRequest) -> HttpResponse:
    """Where one stands, for whoever has the slip in hand; and giving the place back. A wrong code tells nothing."""
    typed = request.POST.get("code", "").strip()[:40]
    if not typed:
        return render(request, "cpd/slip.html", {"typed": "", "missing": request.method == "POST"})
    if slower := too_many_codes(request):
        return slower
    code = read_code(typed)
    found = slips.slip_by_code(code) if code else None
    context: dict[str, object] = {"typed": typed}
    if found is not None:
        with rls.acting_as(found.person_id, mfa=False) as person:
            booking = offer.find_booking(person, found.booking_id)
            if booking is not None and booking.person_id == found.person_id:
                session = offer.find_session(person, booking.session_id)
                if session is not None:
                    line = offer.whole(person, session, now=timezone.now())
                    context |= {"line": line, "session": session, "name": booking.person.name}
                    context["goes_on"] = line.goes_on(booking.pk)
                if request.POST.get("act") == "cancel":
                    try:
                        acts.cancel(booking, by=person, at=timezone.now())
                    except acts.Refused as refusal:
                        context["refused"] = str(refusal)
                    else:
                        context |= {"cancelled": True, "session": booking.session}
    return render(request, "cpd/slip.html", context)

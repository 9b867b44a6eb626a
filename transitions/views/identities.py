"""A child's name of every day; and after an order, a new identity."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnership.access.guards import ensure, needs, viewer_of
from partnership.access.permissions import Permission
from transitions.actions.identities import change_known_as, give_new_identity
from transitions.forms.identities import KnownAsForm, NewIdentityForm
from transitions.rules import may_give_new_identity, may_manage
from transitions.views.common import child_url, move_or_404, said


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_PUPILS)
def known_as(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The name used every day, of a child of one's own school."""
    viewer, move = viewer_of(request), move_or_404(request, pk)
    ensure(may_manage(viewer, move))
    form = KnownAsForm(request.POST or None, initial={"known_as": move.pupil.known_as})
    if request.method == "POST" and form.is_valid():
        with said(request, "The name used every day is changed."):
            change_known_as(move, **form.cleaned_data, by=viewer, at=timezone.now())
        return redirect(child_url(pk))
    context = {
        "move": move,
        "pupil": move.pupil,
        "form": form,
        "may_seal": may_give_new_identity(viewer, move),
    }
    return render(request, "transitions/known_as.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.NEW_IDENTITY)
def new_identity(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What happens and cannot be undone, then who the child is from now on."""
    viewer, move = viewer_of(request), move_or_404(request, pk)
    ensure(may_give_new_identity(viewer, move))
    initial = {"key": uuid.uuid4(), "born_on": move.pupil.born_on}
    form = NewIdentityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        with said(request, "Done. This child begins here anew; the former record is sealed."):
            made = give_new_identity(
                move,
                id=facts["key"],
                forename=facts["forename"],
                surname=facts["surname"],
                born_on=facts["born_on"],
                order=facts["order"],
                by=viewer,
                at=timezone.now(),
            )
            return redirect(child_url(made.pk))
        return redirect(child_url(pk))
    context = {"move": move, "pupil": move.pupil, "form": form}
    return render(request, "transitions/new_identity.html", context)

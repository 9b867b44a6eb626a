"""What a school enters of its staff's statutory training; what their person says of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.actions import entering as acts
from cpd.actions import passport as own
from cpd.actions.booking import Refused
from cpd.forms.passport import StaffTrainingForm, TrainingForm
from cpd.queries import entered, training
from cpd.queries.offer import colleagues_at
from cpd.queries.passport import find_entered_for
from partnership.access.guards import needs, signed_in, viewer_of
from partnership.access.permissions import Permission
from partnership.ui.pagination import paginate

if TYPE_CHECKING:
    from cpd.models import PassportEntry


@needs(Permission.BOOK_STAFF)
def enter(request: HttpRequest) -> HttpResponse:
    """For one or for all who were there."""
    viewer, now = viewer_of(request), timezone.now()
    today = timezone.localdate(now)
    school = training.chosen(training.own_schools(viewer), request.GET.get("school", ""))
    form = StaffTrainingForm(
        request.POST or None,
        trainings=training.kinds_at(school, on=today),
        staff=colleagues_at(viewer, school.pk, on=today),
    )
    if request.method == "POST" and form.is_valid():
        try:
            number = acts.enter(
                form.facts,
                people=form.chosen,
                school=school,
                key=form.cleaned_data["key"],
                by=viewer,
                at=now,
            )
        except Refused as refusal:
            form.add_error("people", str(refusal))
        else:
            who = "1 passport" if number == 1 else f"{number} passports"
            messages.success(request, f"It stands in {who}, marked as entered by {school.name}.")
            return redirect(f"{reverse('cpd:training')}?school={school.pk}")
    return render(request, "cpd/training_enter.html", {"form": form, "school": school})


@require_GET
@needs(Permission.BOOK_STAFF)
def list_entered(request: HttpRequest) -> HttpResponse:
    """What the school entered, with what somebody calls wrong at the top."""
    viewer = viewer_of(request)
    school = training.chosen(training.own_schools(viewer), request.GET.get("school", ""))
    page = paginate(request, entered.entered_at(viewer, school.pk))
    return render(request, "cpd/training_entered.html", {"school": school, "page": page})


@needs(Permission.BOOK_STAFF)
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Correct one of the school's own."""
    viewer, now = viewer_of(request), timezone.now()
    entry = entered_or_404(request, pk)
    initial = {name: getattr(entry, name) for name in TrainingForm.field_order if name != "key"}
    assert entry.school is not None
    trainings = training.kinds_at(entry.school, on=timezone.localdate(now))
    form = TrainingForm(request.POST or None, initial=initial, trainings=trainings)
    if request.method == "POST" and form.is_valid():
        acts.correct(entry, form.facts, by=viewer, at=now)
        messages.success(request, f"Corrected. It stands so in the passport of {entry.person.name}.")
        return redirect(list_of(entry))
    return render(request, "cpd/training_enter.html", {"form": form, "school": entry.school, "entry": entry})


@needs(Permission.BOOK_STAFF)
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asked once more, since it is gone then."""
    entry = entered_or_404(request, pk)
    if request.method == "POST":
        acts.withdraw(entry, by=viewer_of(request), at=timezone.now())
        messages.success(request, f"Withdrawn from the passport of {entry.person.name}.")
        return redirect(list_of(entry))
    return render(request, "cpd/training_withdraw.html", {"entry": entry})


@signed_in
def wrong(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Its person says that an entry of the school's is wrong, or that it is right after all."""
    viewer = viewer_of(request)
    entry = find_entered_for(viewer, pk)
    if entry is None:
        raise Http404
    if request.method == "POST":
        own.call_wrong(entry, wrong="right" not in request.POST, by=viewer, at=timezone.now())
        return redirect("cpd:passport")
    return render(request, "cpd/entry_wrong.html", {"entry": entry})


def entered_or_404(request: HttpRequest, pk: uuid.UUID) -> PassportEntry:
    entry = entered.find_entered(viewer_of(request), pk)
    if entry is None:
        raise Http404
    return entry


def list_of(entry: PassportEntry) -> str:
    return f"{reverse('cpd:training_entered')}?school={entry.school_id}"

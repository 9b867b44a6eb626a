"""One's own CPD passport: open to its person whatever post they hold, or none."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.actions import passport as acts
from cpd.formats import pdf
from cpd.forms.passport import EntryForm
from cpd.queries import feedback, passport, training
from cpd.rules.hours import hours_words
from cpd.views.certificates import address_of, as_pdf
from partnership.access.guards import signed_in, viewer_of
from partnership.lib.csvsafe import csv_response

HEADER = (
    "Date", "What", "Offered by", "Kind", "Hours", "School then", "Register", "Certificate", "Entered by", "Said of it",
)  # fmt: skip


@require_GET
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """By school year, with what waits to be answered above it."""
    viewer, now = viewer_of(request), timezone.now()
    found = passport.passport_of(viewer)
    return render(
        request,
        "cpd/passport.html",
        {
            "years": passport.by_year(items := found.items),
            "total": hours_words(sum(item.hours for item in items)),
            "asked": feedback.asked_of(viewer, now=now, attended=found.attended),
            "trainings": training.my_training(viewer, found, now=now),
            "pdf": pdf.possible(),
            "name": viewer.name,
            "today": timezone.localdate(now),
        },
    )


@require_GET
@signed_in
def mine_csv(request: HttpRequest) -> HttpResponse:
    """For a spreadsheet, or for the next employer's."""
    rows = (
        (
            item.on,
            item.title,
            item.provider,
            item.kind,
            item.hours,
            item.school,
            item.came,
            item.spaced_code,
            item.entered_by,
            item.wrong_words,
        )
        for item in passport.passport_of(viewer_of(request)).items
    )
    return csv_response("cpd-passport.csv", HEADER, rows)


@require_GET
@signed_in
def mine_pdf(request: HttpRequest) -> HttpResponse:
    """To hand over."""
    viewer = viewer_of(request)
    items = passport.passport_of(viewer).items
    context = {
        "years": passport.by_year(items),
        "total": hours_words(sum(item.hours for item in items)),
        "name": viewer.name,
        "today": timezone.localdate(),
        "check": address_of("cpd:check"),
    }
    try:
        return as_pdf("cpd/passport_pdf.html", context, filename="cpd-passport.pdf")
    except pdf.NoPdf:
        messages.info(request, "No PDF can be made here. Print the page instead.")
        return redirect("cpd:passport")


@signed_in
def add(request: HttpRequest) -> HttpResponse:
    """Something done elsewhere."""
    viewer, now = viewer_of(request), timezone.now()
    form = EntryForm(request.POST or None, trainings=training.my_kinds(viewer, on=timezone.localdate(now)))
    if request.method == "POST" and form.is_valid():
        acts.add(form.facts, id=form.cleaned_data["key"], by=viewer, at=now)
        messages.success(request, "It is in your passport.")
        return redirect("cpd:passport")
    return render(request, "cpd/entry.html", {"form": form})


@signed_in
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An entry of one's own."""
    viewer = viewer_of(request)
    entry = passport.find_entry(viewer, pk)
    if entry is None:
        raise Http404
    initial = {name: getattr(entry, name) for name in EntryForm.base_fields if name != "key"}
    trainings = training.my_kinds(viewer, on=timezone.localdate())
    form = EntryForm(request.POST or None, initial=initial, trainings=trainings)
    if request.method == "POST" and form.is_valid():
        acts.change(entry, form.facts, by=viewer, at=timezone.now())
        messages.success(request, "Changed.")
        return redirect("cpd:passport")
    return render(request, "cpd/entry.html", {"form": form, "entry": entry})


@signed_in
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asked once more, since it is gone then."""
    viewer = viewer_of(request)
    entry = passport.find_entry(viewer, pk)
    if entry is None:
        raise Http404
    if request.method == "POST":
        acts.remove(entry, by=viewer, at=timezone.now())
        messages.success(request, "Removed from your passport.")
        return redirect("cpd:passport")
    return render(request, "cpd/entry_remove.html", {"entry": entry})

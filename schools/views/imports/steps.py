"""What one does with a file that has been read: decide rows, apply it, discard it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from partnership.access.guards import needs, viewer_of
from partnership.accounts.second_factor import ask_once_more
from schools.actions.imports import (
    AsksFirst,
    ImportRefused,
    NotReady,
    apply_import,
    decide_row,
    discard_import,
    importer_for,
)
from schools.enums import ImportKind, ImportState
from schools.forms.imports import ApplyForm
from schools.views.imports.pages import IMPORTING, import_or_404, totals


@require_http_methods(["GET", "POST"])
@needs(*IMPORTING)
def apply(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what goes in and what stays out, then do it. Pressing twice does it once. Whoever changes posts by a list shows
    once more who they are, as by hand."""
    importing = import_or_404(request, pk)
    if importing.state != ImportState.READY:
        return redirect("imports:import", pk=pk)
    if importing.kind == ImportKind.STAFF and (asked := ask_once_more(request)):
        return asked
    asks = str(importing.facts.get("asks", ""))
    form = ApplyForm(request.POST or None, asks=asks)
    if request.method == "POST" and (form.is_valid() or not form.fields):
        try:
            apply_import(import_id=pk, by=viewer_of(request), at=timezone.now(), confirmed=bool(asks))
        except NotReady:
            pass  # somebody was quicker; the page says how it stands
        except (AsksFirst, ImportRefused) as refusal:
            messages.error(request, refusal.reason)
        return redirect("imports:import", pk=pk)
    context = {
        "importing": importing,
        "guide": importer_for(importing.kind).guide,
        "form": form,
        "asks": asks,
        **totals(importing),
    }
    return render(request, "schools/imports/apply.html", context)


@require_POST
@needs(*IMPORTING)
def discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete the file and what was read of it."""
    importing = import_or_404(request, pk)
    try:
        discard_import(import_id=importing.pk, by=viewer_of(request), at=timezone.now())
    except NotReady as refusal:
        messages.error(request, refusal.reason)
    return redirect("imports:import", pk=pk)


@require_POST
@needs(*IMPORTING)
def decide(request: HttpRequest, pk: uuid.UUID, row: int) -> HttpResponse:
    """Settle one row, then back to the others that wait."""
    importing = import_or_404(request, pk)
    try:
        decide_row(
            import_id=importing.pk,
            row_id=row,
            choice=request.POST.get("choice", ""),
            by=viewer_of(request),
            at=timezone.now(),
        )
    except NotReady as refusal:
        messages.error(request, refusal.reason)
    except ImportRefused:
        messages.error(request, "Choose one of the answers, then press Decide.")
    return redirect(f"{reverse('imports:import', args=[pk])}?show=undecided")

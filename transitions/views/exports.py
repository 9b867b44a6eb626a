"""A board as a file: asking for it, its progress, fetching it once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.csvsafe import CsvFile, download
from partnership.lib.xlsxsafe import XlsxFile
from transitions.actions.exports import (
    BROKE,
    ExportRefused,
    ask_export,
    cancel_export,
    fetch_export,
    too_many,
)
from transitions.enums import BoardName, ExportFormat, ExportState
from transitions.filters import BoardFilter
from transitions.forms.exports import ExportForm
from transitions.queries import exports as query

if TYPE_CHECKING:
    from transitions.models import Export

TYPES = {ExportFormat.CSV: CsvFile.content_type, ExportFormat.XLSX: XlsxFile.content_type}
LISTED = 5


@require_http_methods(["GET", "POST"])
@needs(Permission.SEE_PROGRESS, fresh=True)
def leaving(request: HttpRequest) -> HttpResponse:
    """The leaving board as asked for, all pages of it."""
    return ask(request, BoardName.LEAVING)


@require_http_methods(["GET", "POST"])
@needs(Permission.SEE_PROGRESS, fresh=True)
def joining(request: HttpRequest) -> HttpResponse:
    """The joining board as asked for, all pages of it."""
    return ask(request, BoardName.JOINING)


def ask(request: HttpRequest, board: BoardName) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    found = BoardFilter(request.GET, viewer=viewer, side=query.SIDES[board], today=timezone.localdate(now))
    form = ExportForm(request.POST or None, initial={"key": uuid.uuid4()})
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            export = ask_export(
                id=form.cleaned_data["key"],
                board=board,
                format=ExportFormat(form.cleaned_data["format"]),
                asked=words_of(found),
                by=viewer,
                at=now,
            )
        except ExportRefused as refusal:
            refused = str(refusal)
        else:
            return redirect("transitions:export", pk=export.pk)
    if wait := query.waits_until(viewer, at=now):
        refused = too_many(wait)
    context = {
        "title": board.label,
        "form": form,
        "children": sum(map(found.keeps, found.board().lines)),
        "narrowed": found.active,
        "refused": refused,
        "formats": ExportFormat.choices,
        "board_url": f"{reverse(f'transitions:{board}')}?{request.GET.urlencode()}",
        "earlier": [(each, each.state_on(now)) for each in query.exports_for(viewer)[:LISTED]],
    }
    return render(request, "transitions/exports/ask.html", context)


def words_of(found: BoardFilter) -> str:
    """The filters that were understood, as the address has them."""
    kept = QueryDict(mutable=True)
    for name in found.asked:
        kept[name] = str(found.form.data[name])[:200]
    return kept.urlencode()


@require_GET
@needs(Permission.SEE_PROGRESS)
def export_page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One file, where it stands: being made, ready, fetched, or why there is none."""
    export = export_or_404(request, pk)
    job = query.job_of(export)
    if job is not None and job.finished:
        export = export_or_404(request, pk)  # both may have ended since it was read
    state, reason = export.state_on(timezone.now()), export.reason
    if state == ExportState.MAKING and (job is None or job.finished):
        state, reason = ExportState.FAILED, BROKE
    if state != ExportState.MAKING and getattr(request, "htmx", False):
        return HttpResponseClientRefresh()
    context = {
        "export": export,
        "state": state,
        "reason": reason,
        "job": job,
        "board_url": f"{reverse(f'transitions:{export.board}')}?{export.asked}",
        "again_url": f"{reverse(f'transitions:{export.board}_export')}?{export.asked}",
    }
    return render(request, "transitions/exports/export.html", context)


@require_POST
@needs(Permission.SEE_PROGRESS, fresh=True)
def fetch(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The file itself, once. Where there is none to get, the page says why."""
    export = export_or_404(request, pk)
    content = fetch_export(export_id=export.pk, by=viewer_of(request), at=timezone.now())
    if content is None:
        return redirect("transitions:export", pk=pk)
    name = f"{export.board}-{timezone.localdate(export.at)}.{export.format}"
    return download(name, content, TYPES[ExportFormat(export.format)])


@require_POST
@needs(Permission.SEE_PROGRESS)
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """It is not wanted any more."""
    export = export_or_404(request, pk)
    cancel_export(export_id=export.pk, by=viewer_of(request), at=timezone.now())
    return redirect("transitions:export", pk=pk)


def export_or_404(request: HttpRequest, pk: uuid.UUID) -> Export:
    """What somebody else asked for does not exist."""
    export = query.export_for(viewer_of(request), pk)
    if export is None:
        raise Http404
    return export

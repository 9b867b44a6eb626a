"""What one reads about a file: the list, the upload page, its progress, its preview, its result."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from partnership.access.guards import needs, user_id_of, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.csvsafe import csv_response
from partnership.ui.components import Count
from partnership.ui.pagination import paginate
from schools.actions.imports import OtherForm, TooLarge, importer_for, receive_file
from schools.actions.imports.base import Importer
from schools.actions.imports.receiving import MOST_BYTES
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.forms.imports import UploadForm
from schools.queries import imports as query
from schools.queries.agreements import uncovered, why_not
from schools.rules import ABOUT_PUPILS

if TYPE_CHECKING:
    from schools.models import Import, Organisation

IMPORTING = (Permission.IMPORT_FILES, Permission.APPOINT, Permission.COORDINATE)
WORDS = {
    RowOutcome.UNDECIDED: "to be decided",
    RowOutcome.REFUSED: "refused",
    RowOutcome.CHANGED: "changed",
    RowOutcome.NEW: "new",
}


@require_GET
@needs(*IMPORTING)
def import_list(request: HttpRequest) -> HttpResponse:
    """Ways to bring a file in, and those that came before."""
    viewer = viewer_of(request)
    ways = [(kind.value, importer_for(kind).guide) for kind in query.kinds_for(viewer)]
    context = {"ways": ways, "page": paginate(request, query.imports_for(viewer))}
    return render(request, "schools/imports/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(*IMPORTING)
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a file and begin to read it. Twenty copies of one form make one import."""
    viewer = viewer_of(request)
    importer = importer_or_404(request, kind)
    organisations, waits = may_bring_in(query.organisations_for(viewer, kind), kind, asker=viewer.user_id)
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        guide=importer.guide,
        organisations=organisations,
        most_bytes=MOST_BYTES,
        initial={"key": uuid.uuid4()},
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            importing = receive_file(
                id=form.cleaned_data["key"],
                kind=ImportKind(kind),
                organisation_id=uuid.UUID(form.cleaned_data["organisation"]),
                file_name=file.name or "",
                content=file.read(),
                options=form.options(),
                by=user_id_of(viewer),
                at=timezone.now(),
            )
        except (OtherForm, TooLarge) as refusal:
            form.add_error("file", refusal.reason)
        else:
            return redirect("imports:import", pk=importing.pk)
    context = {
        "form": form,
        "guide": importer.guide,
        "kind": kind,
        "organisations": organisations,
        "waits": waits,
    }
    return render(request, "schools/imports/upload.html", context)


def may_bring_in(
    organisations: list[Organisation], kind: str, *, asker: uuid.UUID | None
) -> tuple[list[Organisation], str]:
    """Those for which such a file may be read at all, and why the others wait: no file of children is taken before the
    controller has accepted the agreement (practice P1)."""
    if kind not in ABOUT_PUPILS:
        return organisations, ""
    today = timezone.localdate()
    waiting = {each.organisation_id for each in uncovered([place.pk for place in organisations], on=today)}
    return [place for place in organisations if place.pk not in waiting], why_not(
        waiting, on=today, asker=asker
    )


@require_GET
@needs(*IMPORTING)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty list with the headings we read."""
    guide = importer_or_404(request, kind).guide
    if not guide.template:
        raise Http404
    return csv_response(f"{kind}.csv", guide.template.strip().split(","), [])


@require_GET
@needs(*IMPORTING)
def import_page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One file, where it stands: being read, ready, applied, refused or discarded."""
    importing = import_or_404(request, pk)
    if importing.state in query.WAITING:
        return progress(request, importing)
    if getattr(request, "htmx", False):
        return HttpResponseClientRefresh()
    if importing.state == ImportState.READY:
        return preview(request, importing)
    context = {
        "importing": importing,
        "guide": importer_for(importing.kind).guide,
        "done": importing.facts.get("done", {}),
        "refused": query.refused_rows(importing)[:200],
    }
    return render(request, "schools/imports/result.html", context)


def progress(request: HttpRequest, importing: Import) -> HttpResponse:
    """How far the reading is; the page asks again by itself, with a plain refresh where JavaScript is off."""
    context = {
        "importing": importing,
        "job": query.job_of(importing),
        "url": reverse("imports:import", args=[importing.pk]),
    }
    return render(request, "schools/imports/progress.html", context)


def preview(request: HttpRequest, importing: Import) -> HttpResponse:
    """Counts first, then the rows of one outcome, the most pressing first."""
    counts: dict[str, int] = dict(importing.counts)
    counts[RowOutcome.UNDECIDED] = query.asked_about(importing)
    listed = [outcome for outcome in query.LISTED if counts.get(outcome)]
    show = request.GET.get("show", "")
    if show not in listed:
        show = str(listed[0]) if listed else ""
    page = paginate(request, query.rows_for(importing, show)) if show else None
    context = {
        "importing": importing,
        "guide": importer_for(importing.kind).guide,
        "show": show,
        "page": page,
        "rows": query.shown(page.object_list) if page else [],
        "counts": [
            Count(counts[outcome], WORDS[outcome], f"?show={outcome}", outcome == show) for outcome in listed
        ],
        **totals(importing),
    }
    return render(request, "schools/imports/preview.html", context)


def totals(importing: Import) -> dict[str, Any]:
    """What would happen if one pressed apply now."""
    counts: dict[str, int] = importing.counts
    return {
        "new": counts.get(RowOutcome.NEW, 0),
        "changed": counts.get(RowOutcome.CHANGED, 0),
        "going_in": counts.get(RowOutcome.NEW, 0) + counts.get(RowOutcome.CHANGED, 0),
        "unchanged": counts.get(RowOutcome.UNCHANGED, 0),
        "refused_count": counts.get(RowOutcome.REFUSED, 0),
        "undecided": counts.get(RowOutcome.UNDECIDED, 0),
        "dropped": counts.get(RowOutcome.DROPPED, 0),
    }


@require_GET
@needs(*IMPORTING, fresh=True)
def refused_csv(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The rows that do not go in, as a spreadsheet to mend them by; for a day, as long as they are kept."""
    importing = import_or_404(request, pk)
    return csv_response("refused.csv", query.REFUSED_HEADER, query.refused_rows(importing))


def import_or_404(request: HttpRequest, pk: uuid.UUID) -> Import:
    """A file that is not the viewer's to see does not exist."""
    importing = query.import_for(viewer_of(request), pk)
    if importing is None:
        raise Http404
    return importing


def importer_or_404(request: HttpRequest, kind: str) -> Importer:
    """The importer of a kind the viewer may read in somewhere."""
    if kind not in query.kinds_for(viewer_of(request)):
        raise Http404
    return importer_for(kind)

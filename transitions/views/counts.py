"""The counts of an LA or a trust: no names, no lists, small numbers hidden."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.suppression import MARK, MARK_WORDS
from transitions.queries.counts import COLUMNS, schools_counted, tables


@require_GET
@needs(Permission.SEE_COUNTS)
def counts(request: HttpRequest) -> HttpResponse:
    """Moves by boundary and step for the viewer's schools, a table for each school year."""
    viewer = viewer_of(request)
    return render(
        request,
        "transitions/boards/counts.html",
        {
            "tables": tables(viewer, today=timezone.localdate()),
            "columns": COLUMNS,
            "schools": schools_counted(viewer),
            "mark": MARK,
            "mark_words": MARK_WORDS,
        },
    )

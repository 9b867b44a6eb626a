"""A school's matrix: who needs which statutory training by when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.queries import entered, training
from cpd.rules.training import Standing, State
from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.csvsafe import csv_response

WORDS = {
    State.VALID: "valid until",
    State.SOON: "ends",
    State.OVERDUE: "overdue since",
    State.UNKNOWN: "nothing recorded",
    State.NONE: "not needed",
}


@require_GET
@needs(Permission.BOOK_STAFF)
def matrix(request: HttpRequest) -> HttpResponse:
    """Staff by training, with what is overdue in word and colour; printed as it stands."""
    viewer, now = viewer_of(request), timezone.now()
    schools = training.own_schools(viewer)
    school = training.chosen(schools, request.GET.get("school", ""))
    return render(
        request,
        "cpd/training.html",
        {
            "school": school,
            "schools": schools,
            "matrix": training.matrix_of(viewer, school.pk, now=now),
            "wrong": entered.called_wrong(viewer, school.pk),
            "today": timezone.localdate(now),
        },
    )


@require_GET
@needs(Permission.BOOK_STAFF)
def matrix_csv(request: HttpRequest) -> HttpResponse:
    """The same for a spreadsheet."""
    viewer, now = viewer_of(request), timezone.now()
    school = training.chosen(training.own_schools(viewer), request.GET.get("school", ""))
    found = training.matrix_of(viewer, school.pk, now=now)
    header = ("Who", "Role", *(kind.title for kind in found.kinds))
    rows = ((row.name, row.roles, *(words(cell) for _, cell in row.pairs)) for row in found.rows)
    return csv_response(f"statutory-training-{timezone.localdate(now)}.csv", header, rows)


def words(cell: Standing) -> str:
    """ "valid until 2027-03-03"."""
    return f"{WORDS[cell.state]} {cell.ends_on}" if cell.ends_on else WORDS[cell.state]

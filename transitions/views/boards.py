"""The boards Leaving and Joining."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from partnership.ui.components import Count
from partnership.ui.pagination import paginate
from transitions.filters import SCOPE, BoardFilter
from transitions.queries.boards import grouped, rows_of, schools_of
from transitions.queries.lines import Line
from transitions.queries.progress import Side

READS = (Permission.SEE_PROGRESS, Permission.TEACH)
TITLES = {Side.PRESENT: "Leaving", Side.NEXT: "Joining"}

COUNTS: tuple[tuple[str, str, str, Callable[[Line], bool]], ...] = (
    ("SEND", "sen", "send", lambda line: line.send),
    ("without a next school", "destination", "none", lambda line: line.destination == "none"),
    ("to be shared", "step", "1", lambda line: line.step == "1"),
    ("to be talked over", "step", "2", lambda line: line.step == "2"),
    ("class notes to be read", "step", "read", lambda line: line.step == "read"),
    ("to be accepted", "step", "3", lambda line: line.step == "3"),
    ("to settle in", "step", "4", lambda line: line.step == "4"),
    ("late", "late", "true", lambda line: line.late),
)
"""Label, filter, value, and what it counts."""


@require_GET
@needs(*READS)
def leaving(request: HttpRequest) -> HttpResponse:
    """Children who leave the viewer's schools; for a class teacher those of the class."""
    return board(request, Side.PRESENT)


@require_GET
@needs(*READS)
def joining(request: HttpRequest) -> HttpResponse:
    """Children offered a place at the viewer's schools; for a class teacher those allotted to the class."""
    return board(request, Side.NEXT)


def board(request: HttpRequest, side: Side) -> HttpResponse:
    viewer = viewer_of(request)
    found = BoardFilter(request.GET, viewer=viewer, side=side, today=timezone.localdate())
    whole = found.board()
    shown = [line for line in whole.lines if found.keeps(line)]
    page = paginate(request, shown)
    rows = rows_of(viewer, list(page), whole)
    return render(
        request,
        "transitions/boards/board.html",
        {
            "title": TITLES[side],
            "side": side,
            "leaving": side == Side.PRESENT,
            "filter": found,
            "form": found.form,
            "several": len(schools_of(viewer)) > 1,
            "counts": counts_of(whole.lines, request.GET, side),
            "everyone": whole.lines,
            "page": page,
            "groups": grouped(rows, shown),
            "export_url": reverse(f"transitions:{TITLES[side].lower()}_export"),
            "may_add": viewer.has(Permission.MANAGE_PUPILS),
            "import_url": reverse("imports:list"),
            "may_import": viewer.has(Permission.IMPORT_FILES),
            "may_export": viewer.has(Permission.SEE_PROGRESS),
        },
    )


def counts_of(lines: Sequence[Line], asked: QueryDict, side: Side) -> list[Count]:
    """One line of counts; pressing one shows exactly these, pressing it again shows all. What counts none is left out."""
    kept = QueryDict(mutable=True)
    for name in SCOPE:
        if value := asked.get(name):
            kept[name] = str(value)
    plain = not any(asked.get(name) for name in ("sen", "destination", "step", "late"))
    counts = [Count(len(lines), "child" if len(lines) == 1 else "children", f"?{kept.urlencode()}", plain)]
    alike = {(line.destination, line.stands): line for line in lines}
    numbers = Counter((line.destination, line.stands) for line in lines)
    for label, name, value, counted in COUNTS:
        number = sum(number for key, number in numbers.items() if counted(alike[key]))
        current = asked.get(name) == value
        if number or current:
            query = kept.copy()
            if not current:
                query[name] = value
            counts.append(Count(number, label, f"?{query.urlencode()}", current))
    return counts

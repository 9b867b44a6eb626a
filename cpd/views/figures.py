"""The picture of a school year, with its tables, each of them as a file too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.queries import figures
from cpd.rules.figures import Line
from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.csvsafe import csv_response
from partnership.lib.dates import academic_year_of, academic_year_words

COUNTED = ("Taken", "Attended", "No-shows", "Waiting")


@require_GET
@needs(Permission.BOOK_STAFF, Permission.COORDINATE)
def picture(request: HttpRequest) -> HttpResponse:
    """Heads of their own school, coordinators of their partnership; this school year or the one before."""
    scopes, scope, year = asked(request)
    this_year = academic_year_of(timezone.localdate())
    return render(
        request,
        "cpd/figures.html",
        {
            "scope": scope,
            "scopes": scopes,
            "places": not scope.named,
            "year": year,
            "years": [(each, academic_year_words(each)) for each in (this_year, this_year - 1)],
            "year_words": academic_year_words(year),
            "figures": figures.figures_of(viewer_of(request), scope, year=year, now=timezone.now()),
        },
    )


@require_GET
@needs(Permission.BOOK_STAFF, Permission.COORDINATE)
def picture_csv(request: HttpRequest) -> HttpResponse:
    """One table of it for a spreadsheet."""
    _, scope, year = asked(request)
    found = figures.figures_of(viewer_of(request), scope, year=year, now=timezone.now())
    name = request.GET.get("table", "half_terms")
    table = tables_of(found, named=scope.named).get(name)
    if table is None:
        raise Http404
    return csv_response(f"cpd-{name}-{year}.csv", *table)


def asked(request: HttpRequest) -> tuple[list[figures.Scope], figures.Scope, int]:
    """Whose figures the viewer may read, which of them the address asks for, and of which school year."""
    scopes = figures.scopes_of(viewer_of(request))
    scope = next((each for each in scopes if each.id == request.GET.get("of")), scopes[0])
    this_year = academic_year_of(timezone.localdate())
    year = request.GET.get("year", "")
    return scopes, scope, int(year) if year in (str(this_year), str(this_year - 1)) else this_year


def tables_of(
    found: figures.Figures, *, named: bool
) -> dict[str, tuple[Sequence[str], Iterable[Sequence[object]]]]:
    """The tables that stand on this page, by name: header and rows."""

    def counted(line: Line) -> tuple[object, ...]:
        tally = line.tally
        return (line.title, tally.taken, tally.attended, tally.no_shows, tally.waiting)

    roles = (("Role", *COUNTED), map(counted, found.roles))
    if named:
        return {
            "half_terms": (("Half-term", *COUNTED), map(counted, found.half_terms)),
            "roles": roles,
            "people": (
                ("Who", "Sessions", "Hours"),
                ((each.name, each.sessions, each.hours) for each in found.people),
            ),
            "never": (("Who has never come",), ((name,) for name in found.never)),
        }
    return {
        "half_terms": (
            ("Half-term", *COUNTED, "Places"),
            ((*counted(line), line.tally.places) for line in found.half_terms),
        ),
        "schools": (("School", *COUNTED), map(counted, found.schools)),
        "roles": roles,
        "by_school": (
            ("School", "Staff", "Have never come", "Hours in all"),
            ((each.name, each.staff, each.never, each.hours) for each in found.by_school),
        ),
    }

"""The style guide, for those who build pages. Mounted by the demo's addresses only."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partnership.ui import samples
from partnership.ui.pagination import paginate


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with short and long content; `?rows=200` lengthens the table, `?rows=0` empties it."""
    asked = request.GET.get("rows", "")
    rows = min(int(asked), 500) if asked.isdigit() else 5
    messages.success(
        request, "Shared with Northfield. Their SENCO has not opened it yet; we will remind them on Monday."
    )
    messages.info(request, "You are looking at last year's list.")
    messages.warning(request, "Two children have no destination.")
    context = samples.context(rows)
    return render(
        request,
        "ui/styleguide.html",
        {
            **context,
            "page": paginate(request, range(437)),
            "people_page": paginate(request, context["people"]),
        },
    )

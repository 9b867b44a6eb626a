"""Long lists in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 50


def paginate(
    request: HttpRequest,
    rows: QuerySet[Any] | Sequence[Any],
    *,
    per_page: int = PER_PAGE,
    param: str = "page",
) -> Page[Any]:
    """The page the address asks for; nonsense is page 1, a number past the end is the last page."""
    return Paginator(rows, per_page).get_page(request.GET.get(param))


def numbers(page: Page[Any]) -> list[int | None]:
    """Which page numbers to show: ends, the present one and its neighbours; None is a gap."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in shown]

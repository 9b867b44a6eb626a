"""Two pages: one child by one indexed query, and fifty children of a school."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from bench.floor.models import Child


def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return render(request, "detail.html", {"child": get_object_or_404(Child, pk=pk)})


def children(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    rows = Child._default_manager.filter(school=school).select_related("school").order_by("name_key")
    return render(request, "list.html", {"page": Paginator(rows, 50).get_page(request.GET.get("page"))})


urlpatterns = [path("child/<uuid:pk>/", detail), path("school/<uuid:school>/", children)]

"""Two pages: one child by one indexed query, and fifty children of a school. And one booking, in the quickest right form."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from bench.floor.models import Child, Course, Place


def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return render(request, "detail.html", {"child": get_object_or_404(Child, pk=pk)})


def children(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    rows = Child._default_manager.filter(school=school).select_related("school").order_by("name_key")
    return render(request, "list.html", {"page": Paginator(rows, 50).get_page(request.GET.get("page"))})


@transaction.atomic
def book(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    rows = Course._default_manager.filter(pk=pk, taken__lt=F("capacity"))
    if rows.update(taken=F("taken") + 1):
        Place._default_manager.create(course_id=pk, person_id=request.user.pk)
    return redirect(f"/course/{pk}/")


urlpatterns = [
    path("child/<uuid:pk>/", detail),
    path("school/<uuid:school>/", children),
    path("course/<uuid:pk>/book/", book),
]

"""Addresses of files on their way in, under /imports/."""

from __future__ import annotations

from django.urls import path

from schools.views.imports import pages, steps

app_name = "imports"

urlpatterns = [
    path("", pages.import_list, name="list"),
    path("new/<slug:kind>/", pages.upload, name="upload"),
    path("new/<slug:kind>/template.csv", pages.template, name="template"),
    path("<uuid:pk>/", pages.import_page, name="import"),
    path("<uuid:pk>/refused.csv", pages.refused_csv, name="refused"),
    path("<uuid:pk>/apply/", steps.apply, name="apply"),
    path("<uuid:pk>/discard/", steps.discard, name="discard"),
    path("<uuid:pk>/rows/<int:row>/", steps.decide, name="decide"),
]

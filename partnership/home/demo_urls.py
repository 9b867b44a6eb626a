"""The demo's own addresses: included only where settings.DEMO is true."""

from __future__ import annotations

from django.urls import path

from partnership.home import demo_views

app_name = "demo"

urlpatterns = [
    path("", demo_views.people, name="people"),
    path("<str:email>/", demo_views.people, name="person"),
]

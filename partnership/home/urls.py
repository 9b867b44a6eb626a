"""The first page after sign-in."""

from __future__ import annotations

from django.urls import path

from partnership.home import views

urlpatterns = [path("", views.home, name="home")]

"""The addresses of the run, and one whose view counts a try and then fails."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.urls import path

from partnership.access.guards import open_to_all
from partnership.urls import urlpatterns as real


@open_to_all
def counts_and_fails(request: HttpRequest) -> HttpResponse:
    ratelimit.consume(request, action="login_failed", key="somebody")
    raise RuntimeError("after counting")


urlpatterns = [path("counts-and-fails/", counts_and_fails), *real]

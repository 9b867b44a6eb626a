"""How often one person may do what tells much or costs much: more than any day's work, less than a program would ask."""

from __future__ import annotations

import logging

from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partnership.accounts.watch import note

SEARCH, UPLOAD, CODE = "search", "upload", "code"


def costly(request: HttpRequest) -> str:
    """What a request does that is counted, by its name in `PERSON_LIMITS`; '' for everything else."""
    if request.method == "POST" and request.FILES:
        return UPLOAD
    return SEARCH if request.GET.get("q", "").strip() else ""


def too_often(request: HttpRequest) -> HttpResponse | None:
    """A calm page for whoever is over a limit; their counters outlive the request, as those of the door do."""
    kind = costly(request)
    if not kind:
        return None
    limits, who = settings.PERSON_LIMITS, request.user
    if consume(request, app="partnership", action=kind, config=limits, user=who, limit_get=True):
        return None
    note("page.too_often", request, level=logging.WARNING, user=request.user.pk, what=kind)
    return render(request, "429.html", {"searched": kind == SEARCH}, status=429)


def too_many_codes(request: HttpRequest) -> HttpResponse | None:
    """The same calm page for whoever tries codes of certificates, signed in or not: counted by where they come from."""
    if consume(request, app="partnership", action=CODE, config=settings.CODE_LIMITS, limit_get=True):
        return None
    note("page.too_often", request, level=logging.WARNING, what=CODE)
    return render(request, "429.html", {"searched": True}, status=429)

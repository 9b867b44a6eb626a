"""Calendar files: the public one of a partnership, one's own behind a secret address, and a single session."""

from __future__ import annotations

import uuid

from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpd.actions import feeds
from cpd.formats.ics import Entry, calendar_file
from cpd.queries import calendars
from partnership.access import rls
from partnership.access.guards import needs, open_to_all, viewer_of
from partnership.access.permissions import Permission
from partnership.outbox.compose import absolute


def as_file(entries: list[Entry], *, name: str, file_name: str) -> HttpResponse:
    response = HttpResponse(calendar_file(entries, name=name), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def counted(request: HttpRequest, what: str, key: str | None = None) -> bool:
    """Whether this may still be asked."""
    limits = settings.CALENDAR_LIMITS
    return bool(consume(request, app="partnership", action=what, config=limits, key=key, limit_get=True))


def not_now() -> HttpResponse:
    return HttpResponse("Asked too often. Try again in an hour.\n", status=429, content_type="text/plain")


@open_to_all
@require_GET
def public(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What a partnership offers, for any calendar: what, when, where, for whom; never who."""
    if not counted(request, "calendar_public"):
        return not_now()
    with rls.widened(published=rls.uuid_array([pk])):
        partnership = calendars.published_by(pk)
        if partnership is None:
            raise Http404
        entries = calendars.published_entries(pk, now=timezone.now())
    response = as_file(entries, name=f"CPD of {partnership.name}", file_name="cpd.ics")
    response.headers["Cache-Control"] = "public, max-age=900"
    return response


@open_to_all
@require_GET
def own(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the secret has this person's places and nothing else. Nobody is signed in by it, no second factor
    stands behind it, and it ends with the account."""
    hashed = calendars.hashed(token)
    with rls.widened(feed=hashed):
        feed = calendars.feed_with(token)
    if not counted(request, "calendar" if feed else "calendar_unknown", hashed if feed else None):
        return private(not_now())
    if feed is None:
        return private(HttpResponse("There is no calendar here.\n", status=404, content_type="text/plain"))
    with rls.acting_as(feed.person_id, mfa=False) as viewer:
        there = viewer.has(Permission.BOOK_CPD)
        entries = calendars.own_entries(viewer, now=timezone.now()) if there else []
    if not there:
        return private(HttpResponse("There is no calendar here.\n", status=404, content_type="text/plain"))
    return private(as_file(entries, name="My CPD", file_name="my-cpd.ics"))


def private(response: HttpResponse) -> HttpResponse:
    """The address holds a secret: no cache keeps the answer, and nothing is told of where it was asked."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
@needs(Permission.BOOK_CPD)
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A session for which the viewer has a turn."""
    entries = calendars.own_entries(viewer_of(request), now=timezone.now(), session_id=pk)
    if not entries:
        raise Http404
    return as_file(entries, name=entries[0].title, file_name="session.ics")


@needs(Permission.BOOK_CPD)
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Make the address, or a new one; it is shown this once."""
    viewer, address = viewer_of(request), ""
    if request.method == "POST":
        token = feeds.make_feed(by=viewer, at=timezone.now())
        address = absolute(reverse("cpd:own_calendar", args=[token]))
    return render(
        request,
        "cpd/my_calendar.html",
        {
            "feed": calendars.own_feed(viewer),
            "address": address,
            "webcal": address.replace("https://", "webcal://").replace("http://", "webcal://"),
            "public": [
                (each, absolute(reverse("cpd:public_calendar", args=[each.pk])))
                for each in calendars.partnerships_shown(viewer)
            ],
        },
    )


@require_POST
@needs(Permission.BOOK_CPD)
def revoke(request: HttpRequest) -> HttpResponse:
    feeds.revoke_feed(by=viewer_of(request), at=timezone.now())
    return redirect("cpd:my_calendar")

"""The register on a phone: its page, what it sends, who may have walked in, the sheet to print, the sessions one leads."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.actions import register as acts
from cpd.actions.booking import Refused
from cpd.enums import Came, Stood
from cpd.forms.register import NameForm, RegisterForm, WalkInForm, batch_of
from cpd.queries import register as read
from cpd.rules.register import Tick
from partnership.access.guards import signed_in, user_id_of, viewer_of
from partnership.lib.dates import day_words

BLANK_LINES = 10
"""On the sheet to sign, for whoever walks in."""


def register_or_404(request: HttpRequest, pk: uuid.UUID) -> read.Register:
    """The register if it is the viewer's to take; otherwise it does not exist."""
    viewer = viewer_of(request)
    session = read.find_to_take(viewer, pk)
    if session is None:
        raise Http404
    return read.register_of(viewer, session, now=timezone.now())


@require_GET
@signed_in
def leading(request: HttpRequest) -> HttpResponse:
    """The sessions one leads: to come, and past with how far their registers are."""
    viewer, now = viewer_of(request), timezone.now()
    sessions = read.led_by(viewer)
    tallies = read.tallies(viewer, sessions, now=now)
    today = timezone.localdate(now)
    days = {each.pk: timezone.localdate(each.starts_at) for each in sessions}
    rows = [(each, tallies[each.pk], days[each.pk] <= today) for each in sessions]
    return render(
        request,
        "cpd/leading.html",
        {
            "ahead": [row for row in rows if days[row[0].pk] >= today],
            "past": [row for row in reversed(rows) if days[row[0].pk] < today],
        },
    )


@signed_in
def register(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everybody expected, with what is said of them. With scripts each tick is sent by itself, also later; without, this
    is a form."""
    found = register_or_404(request, pk)
    schools = read.schools_of(found.session, on=timezone.localdate(found.now))
    walk_in = WalkInForm(request.POST if "walk_in" in request.POST else None, schools=schools)
    if request.method == "POST" and taken(request, found, walk_in):
        return redirect("cpd:register", pk=pk)
    context = page_of(found) | {
        "walk_in": walk_in,
        "form": walk_in,
        "state": state_of(request, found) | {"schools": schools},
    }
    return render(request, "cpd/register.html", context)


def taken(request: HttpRequest, found: read.Register, walk_in: WalkInForm) -> bool:
    """Whether the plain form was understood and kept; what is wrong is said beside its field."""
    now = timezone.now()
    if "walk_in" in request.POST:
        if not walk_in.is_valid():
            return False
        ticks = [walk_in.tick(at=now)]
    else:
        ticks = RegisterForm(request.POST).ticks(
            [(line.key, line.person_id is not None) for line in found.lines], at=now
        )
        if "rest" in request.POST:
            said = {tick.person_id for tick in ticks}
            ticks += [
                Tick(id=uuid.uuid4(), came=Came.ABSENT, at=now, person_id=line.key)
                for line in found.unmarked
                if line.key not in said
            ]
    try:
        outcome = acts.take(found.session, ticks, by=viewer_of(request), at=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return True
    for why in {*outcome.refused.values()}:
        messages.error(request, why)
    if not outcome.refused:
        over = register_or_404(request, found.session.pk).over
        messages.success(request, f"Saved.{over_words(over, found.session.capacity)}")
    return True


def over_words(over: int, capacity: int) -> str:
    """A warning, never a refusal: the room is the taker's to judge."""
    return f" That makes {capacity + over} for {capacity} places." if over else ""


def page_of(found: read.Register | None) -> dict[str, Any]:
    """What the page is drawn from; without a register it is the bare page that a phone keeps, with nobody in it."""
    return {
        "register": found,
        "session": found.session if found else None,
        "when": when_and_where(found.session) if found else "",
        "groups": found.groups if found else [(each.value, each.label, []) for each in Stood],
        "came": Came.choices,
        "platform_name": settings.PLATFORM_NAME,
    }


@require_GET
@signed_in
def shell(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The bare page, without a name: this alone is kept in the phone's cache."""
    register_or_404(request, pk)
    return HttpResponse(render_to_string("cpd/register.html", page_of(None)))


@require_GET
@signed_in
def worker(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The service worker of one register. Its address is its scope: no other page passes through it."""
    register_or_404(request, pk)
    script = render_to_string("cpd/register_worker.js", {"static": settings.STATIC_URL})
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@signed_in
def sync(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What stands, with a token for the next batch; a POST first writes the ticks it brings."""
    found = register_or_404(request, pk)
    if request.method != "POST":
        return JsonResponse(state_of(request, found))
    try:
        batch = batch_of(request.body if request.content_type == "application/json" else b"")
        if batch.owner != str(viewer_of(request).user_id):
            return JsonResponse({"why": "These ticks are somebody else’s."}, status=409)
        outcome = acts.take(found.session, batch.ticks, by=viewer_of(request), at=timezone.now())
    except ValidationError as error:
        return JsonResponse({"why": error.messages[0]}, status=422)
    except Refused as refusal:
        return JsonResponse({"why": str(refusal), "off": found.off}, status=422)
    refused = {**batch.refused} | {str(key): why for key, why in outcome.refused.items()}
    stands = state_of(request, register_or_404(request, pk))
    return JsonResponse(stands | {"refused": refused, "notes": outcome.notes})


def state_of(request: HttpRequest, found: read.Register) -> dict[str, Any]:
    """Staff names and what is said of them, of one session: all that a phone keeps."""
    session, viewer = found.session, viewer_of(request)
    return {
        "owner": str(user_id_of(viewer)),
        "taker": viewer.name,
        "session": str(session.pk),
        "title": session.name,
        "when": when_and_where(session),
        "now": found.now.isoformat(),
        "capacity": session.capacity,
        "closed": found.closed,
        "off": found.off,
        "opens": found.opens_at.isoformat(),
        "token": get_token(request),
        "lines": [
            {
                "key": str(line.key),
                "person": str(line.person_id or ""),
                "name": line.name,
                "school": line.school,
                "school_id": str(line.organisation_id),
                "stood": line.stood,
                "came": line.came,
            }
            for line in found.lines
        ],
    }


def when_and_where(session: read.Session) -> str:
    """ "Friday 20 November, 15:45 to 17:00, Millbrook Junior School, Hall"."""
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    place = ", ".join(filter(None, (session.venue.name if session.venue else "online", session.room)))
    return f"{day_words(starts.date())}, {starts:%H:%M} to {ends:%H:%M}, {place}"


@require_GET
@signed_in
def people(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who of the partnership's staff may have walked in: names alone, a few, while the register is open to the taker."""
    found = register_or_404(request, pk)
    if found.closed:
        return JsonResponse({"people": []})
    form = NameForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    there = {line.key for line in found.lines}
    named = read.staff_named(found.session, text, on=timezone.localdate(found.now))
    return JsonResponse(
        {
            "people": [
                {
                    "person": str(each.person_id),
                    "name": each.name,
                    "school": each.school,
                    "school_id": str(each.organisation_id),
                }
                for each in named
                if each.person_id not in there
            ]
        }
    )


@require_GET
@signed_in
def sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sign-in sheet to print, with blank lines at the end."""
    found = register_or_404(request, pk)
    expected = [line for line in found.lines if line.stood in (Stood.PLACED, Stood.WAITING)]
    return render(
        request,
        "cpd/sign_in_sheet.html",
        {
            "session": found.session,
            "lines": expected,
            "blank": range(BLANK_LINES),
            "back": reverse("cpd:register", args=[pk]),
        },
    )

"""The home page: one screen of what waits, what is late, what is coming. The apps say it by their cards."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from partnership.access.guards import signed_in, viewer_of
from partnership.access.permissions import PUPIL_DATA
from partnership.access.viewer import Viewer
from partnership.home.greeting import greeting
from partnership.ui.cards import Card, Place, Row, cards_for, merged
from partnership.ui.navigation import NavItem, register
from schools.queries.calendars import calendar_of

AT_MOST = 5
"""Rows of *Waiting on you*: more is a list, and lists stand on the boards."""

register(NavItem("Home", "home", 0))


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Everyone's first page. What is about children needs the second factor, as everywhere."""
    viewer = viewer_of(request)
    now = timezone.localtime()
    schools = schools_of(viewer)
    chosen = chosen_of(request.GET.get("school", ""), schools)
    locked = not viewer.mfa and any(viewer.has(permission) for permission in PUPIL_DATA)
    seen = without_children(viewer) if locked else viewer
    if chosen:
        seen = narrowed(seen, chosen)
    calendar = calendar_of(narrowed(viewer, chosen) if chosen else viewer)
    cards = cards_for(seen, now.date())
    waiting = merged(cards, Place.WAITING)
    return render(
        request,
        "home/home.html",
        {
            "greeting": greeting(name=viewer.name, now=now, calendar=calendar),
            "posts": viewer.posts,
            "schools": schools if len(schools) > 1 else {},
            "chosen": chosen,
            "locked": locked,
            "second_factor": second_factor(request) if locked else "",
            "waiting": one_card(cards, Place.WAITING, rows=waiting[:AT_MOST]),
            "more_waiting": max(0, len(waiting) - AT_MOST),
            "others": joined(card for card in cards if card.place in (Place.LATE, Place.COMING)),
            "numbers": [card for card in cards if card.place == Place.NUMBERS],
            "nothing": not cards,
        },
    )


def schools_of(viewer: Viewer) -> Mapping[uuid.UUID, str]:
    """The schools where the viewer has a post, in the order of the posts."""
    return {
        post.organisation_id: post.organisation_name
        for post in viewer.posts
        if post.organisation_kind == "school"
    }


def chosen_of(asked: str, schools: Mapping[uuid.UUID, str]) -> uuid.UUID | None:
    """The school asked for, when it is one of theirs; anything else is all of them."""
    return next((pk for pk in schools if str(pk) == asked), None)


def narrowed(viewer: Viewer, school_id: uuid.UUID) -> Viewer:
    """The same person at one of their schools alone (practice P20): less reach, never more."""
    return replace(
        viewer,
        posts=tuple(post for post in viewer.posts if post.organisation_id == school_id),
        reaches={permission: ids & {school_id} for permission, ids in viewer.reaches.items()},
        class_places={key: pupils for key, pupils in viewer.class_places.items() if key == school_id},
    )


def without_children(viewer: Viewer) -> Viewer:
    """The same person as long as no second factor stands behind the session."""
    reaches = {permission: ids for permission, ids in viewer.reaches.items() if permission not in PUPIL_DATA}
    return replace(viewer, reaches=reaches, class_places={})


def second_factor(request: HttpRequest) -> str:
    """Where the second factor is given, or set up for the first time."""
    page = "mfa_reauthenticate" if is_mfa_enabled(request.user) else "mfa_activate_totp"
    return f"{reverse(page)}?next={reverse('home')}"


def one_card(cards: list[Card], place: Place, *, rows: tuple[Row, ...]) -> Card | None:
    """The cards of one place as one, with these rows; nothing where no app has one."""
    found = [card for card in cards if card.place == place]
    if not found:
        return None
    empty = next((card.empty for card in found if card.empty), "")
    return replace(found[0], rows=rows, empty=empty)


def joined(cards: Iterable[Card]) -> list[Card]:
    """In their order; cards of one place with one title are one, so that none says "Nothing is late" beside another."""
    found: dict[tuple[Place, str], Card] = {}
    for card in cards:
        key = (card.place, card.title)
        found[key] = replace(found[key], rows=found[key].rows + card.rows) if key in found else card
    return list(found.values())

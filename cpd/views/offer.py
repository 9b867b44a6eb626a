"""The offer: a list by half-term, and one session with all one asks before booking."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.actions.booking import last_day_to_cancel
from cpd.enums import Came
from cpd.filters import SessionFilter
from cpd.queries import feedback, offer, register, talks
from cpd.queries.days import chosen_by, days_seen
from cpd.queries.release import own_time
from cpd.queries.year import year_of
from cpd.rules import may_keep
from cpd.rules.register import opens
from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from partnership.access.viewer import PostFact, Viewer
from partnership.ui.pagination import paginate

BOOKED = "booked"
"""In the address of the page to which the button leads: it says where one stands."""


@require_GET
@needs(Permission.BOOK_CPD)
def sessions(request: HttpRequest) -> HttpResponse:
    """What is offered, by half-term, and where one stands in each."""
    viewer, now = viewer_of(request), timezone.now()
    found = SessionFilter(request.GET, viewer=viewer, now=now)
    found.form.is_valid()
    page = paginate(request, found.qs)
    lines = offer.lines_of(viewer, page.object_list, now=now)
    days = days_seen(viewer, now=now)
    chosen = chosen_by(viewer, [day.pk for day in days]) if days else {}
    return render(
        request,
        "cpd/sessions.html",
        {
            "filter": found,
            "form": found.form,
            "page": page,
            "days": [(day, bool(chosen.get(day.pk, (day, False))[1])) for day in days],
            "now": now,
            "blocks": offer.by_half_term(lines, found.spans),
            "books_staff": viewer.has(Permission.BOOK_STAFF),
            "leads": register.leads_anything(viewer),
            "counts": viewer.has(Permission.BOOK_STAFF) or viewer.has(Permission.COORDINATE),
            "offered_at_all": page.paginator.count or offer.sessions_seen(viewer).exists(),
        },
    )


@require_GET
@needs(Permission.BOOK_CPD)
def year(request: HttpRequest) -> HttpResponse:
    """All six half-terms on one page, to be hung up in the staff room."""
    asked = request.GET.get("year", "")
    starts_in = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None
    found = year_of(viewer_of(request), starts_in, now=timezone.now())
    return render(request, "cpd/year.html", {"year": found})


@require_GET
@needs(Permission.BOOK_CPD)
def session(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One session: what, when, where, who comes, what to bring, and the one button."""
    viewer, now = viewer_of(request), timezone.now()
    line = line_or_404(request, pk)
    if BOOKED in request.GET and line.standing and not line.begun and not line.called_off:
        messages.success(request, offer.own_words(line.standing, line.session))
    schools = offer.own_schools(viewer)
    was_at = register.was_at(viewer, line.session) if line.begun else None
    was_there = was_at is not None and was_at.came != Came.ABSENT
    has_place = line.standing is not None and line.standing.placed and not line.called_off
    asked = feedback.asked_here(viewer, line.session, was_there=was_there, has_place=has_place, now=now)
    return render(
        request,
        "cpd/session.html",
        {
            "time": own_time(viewer, line, from_school(line, schools)) if schools else None,
            "line": line,
            "session": line.session,
            "comes": offer.who_comes(viewer, line),
            "partners": talks.partners_in(viewer, line),
            "last_time": offer.last_time(viewer, line),
            "may_decide": may_keep(viewer, line.session.partnership_id),
            "cancel_by": last_day_to_cancel(line.session),
            "may_book_myself": viewer.has(Permission.BOOK_CPD),
            "may_book_staff": viewer.has(Permission.BOOK_STAFF),
            "staff_booked": staff_booked(request, line) if viewer.has(Permission.BOOK_STAFF) else [],
            "groups": waiting_groups(viewer, line) if viewer.has(Permission.BOOK_STAFF) else [],
            "own_share": line.queue.placed_of(from_school(line, schools)) if schools else None,
            "several_schools": sorted(
                schools, key=lambda each: not line.queue.one_more(each.organisation_id).placed
            ),
            "may_take_register": register.is_taker(viewer, line.session),
            "on_the_day": opens(
                day=timezone.localdate(line.session.starts_at), today=timezone.localdate(now)
            ),
            "was_at": was_at,
            "asked": asked,
            "was_there": was_there,
            "reads_feedback": feedback.reads_feedback(viewer, line.session),
            "now": now,
        },
    )


def from_school(line: offer.Line, schools: Sequence[PostFact]) -> uuid.UUID:
    """For which of one's schools one comes: the one that was booked for, else the first."""
    return line.mine.claim.organisation_id if line.mine else schools[0].organisation_id


def line_or_404(request: HttpRequest, pk: uuid.UUID) -> offer.Whole:
    """The session if it is offered to the viewer; otherwise it does not exist."""
    viewer = viewer_of(request)
    found = offer.find_session(viewer, pk)
    if found is None:
        raise Http404
    return offer.whole(viewer, found, now=timezone.now())


def staff_booked(request: HttpRequest, line: offer.Whole) -> list[tuple[offer.Booking, str, bool]]:
    """One's own staff in this session: the booking, where it stands, whether it has a place."""
    rows = []
    for each in offer.bookings_of_staff(viewer_of(request), line.session):
        standing = line.queue.standing(each.pk)
        words = offer.place_words(standing, line.session)
        if line.over:
            words = "Had a place" if standing.placed else "Was in the queue"
        elif each.together and not standing.placed:
            words = f"{words}, waiting together"
        rows.append((each, words, standing.placed))
    return rows


@dataclass(frozen=True, slots=True)
class Group:
    """Some of one's staff who wait together, and what came of it if they did not."""

    booking_id: uuid.UUID
    names: Sequence[str]
    possible: bool
    placed: int

    @property
    def waiting(self) -> int:
        return len(self.names) - self.placed


def waiting_groups(viewer: Viewer, line: offer.Whole) -> list[Group]:
    """The parties of one's staff that wait for places together, while that can be changed."""
    if line.called_off or line.begun or not any(turn.claim.party for turn in line.queue.turns):
        return []
    parties: dict[uuid.UUID, list[offer.Booking]] = {}
    for each in offer.bookings_of_staff(viewer, line.session, oneself=True):
        if each.party and each.together and not line.queue.standing(each.pk).placed:
            parties.setdefault(each.party, []).append(each)
    found = []
    for party, members in parties.items():
        apart = line.queue.apart(party)
        found.append(
            Group(
                booking_id=members[0].pk,
                names=[each.person.name for each in members],
                possible=not line.queue.loses(apart),
                placed=sum(apart.standing(each.pk).placed for each in members),
            )
        )
    return found

"""Booking oneself and one's staff, cancelling, passing a place on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cpd.actions import booking as acts
from cpd.forms.booking import PassOnForm, PeopleForm
from cpd.queries import offer
from cpd.rules import may_book_staff, may_cancel
from cpd.views.offer import line_or_404
from partnership.access.guards import ensure, needs, user_id_of, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.dates import day_words


@contextmanager
def refusals_said(request: HttpRequest) -> Iterator[None]:
    """Run an action, which does all or nothing by itself; where it is refused, the reason is said."""
    try:
        yield
    except acts.Refused as refusal:
        messages.error(request, str(refusal))


@require_POST
@needs(Permission.BOOK_CPD)
def book_me(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The second tap."""
    viewer = viewer_of(request)
    session = offer.session_to_book(viewer, pk)
    if session is None:
        raise Http404
    schools = offer.own_schools(viewer)
    asked = request.POST.get("school", "")
    school = next((each for each in schools if str(each.organisation_id) == asked), schools[0])
    with refusals_said(request):
        acts.book(
            session,
            people=[user_id_of(viewer)],
            organisation_id=school.organisation_id,
            by=viewer,
            at=timezone.now(),
        )
    return redirect("cpd:session", pk=pk)


@needs(Permission.BOOK_STAFF)
def book_people(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Tick who of the school comes: one person or a whole team, with or without a mail address."""
    viewer, now = viewer_of(request), timezone.now()
    line = line_or_404(request, pk)
    schools = offer.schools_to_book_for(viewer)
    asked = request.GET.get("school", "")
    school = next((each for each in schools if str(each.pk) == asked), schools[0])
    there = {turn.person_id for turn in line.queue.turns}
    staff = [
        each
        for each in offer.colleagues_at(viewer, school.pk, on=timezone.localdate(now))
        if each.pk not in there
    ]
    form = PeopleForm(request.POST or None, staff=staff)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = acts.book(
                line.session,
                people=form.chosen,
                organisation_id=school.pk,
                together=form.together,
                by=viewer,
                at=now,
            )
        except acts.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said_of(outcome))
            return redirect("cpd:session", pk=pk)
    return render(
        request,
        "cpd/book_people.html",
        {
            "form": form,
            "line": line,
            "session": line.session,
            "school": school,
            "schools": schools,
            "staff": staff,
        },
    )


def said_of(outcome: acts.Outcome) -> str:
    """ "8 colleagues are booked: 6 have a place, 2 are in the queue." """
    number = len(outcome.made)
    placed = outcome.placed
    waiting = number - placed
    who = "1 colleague is" if number == 1 else f"{number} colleagues are"
    if not waiting:
        return f"{who} booked and {'has' if number == 1 else 'all have'} a place."
    in_queue = f"{waiting} {'is' if waiting == 1 else 'are'} in the queue"
    return f"{who} booked: {placed} {'has' if placed == 1 else 'have'} a place, {in_queue}."


@needs(Permission.BOOK_CPD)
def cancel_booking(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One's own in one tap; on the page it says what a late one means."""
    viewer, now = viewer_of(request), timezone.now()
    found = offer.find_booking(viewer, pk)
    if found is None:
        raise Http404
    ensure(may_cancel(viewer, found))
    last = acts.last_day_to_cancel(found.session)
    if request.method == "POST":
        with refusals_said(request):
            acts.cancel(found, by=viewer, at=now)
            messages.success(request, cancelled_words(found, mine=found.person_id == viewer.user_id))
        return redirect("cpd:session", pk=found.session_id)
    late = timezone.localdate(now) > last
    return render(
        request,
        "cpd/cancel.html",
        {
            "booking": found,
            "session": found.session,
            "late": late,
            "last": last,
            "mine": found.person_id == viewer.user_id,
        },
    )


def cancelled_words(booking: acts.Booking, *, mine: bool) -> str:
    whose = "Your booking" if mine else f"The booking of {booking.person.name}"
    late = " It was late: the register shows it so." if booking.late else ""
    return f"{whose} is cancelled. Whoever is next moves up and is told.{late}"


@needs(Permission.BOOK_CPD)
def pass_booking_on(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A colleague of the same school comes instead; the place is kept."""
    viewer, now = viewer_of(request), timezone.now()
    found = offer.find_booking(viewer, pk)
    if found is None:
        raise Http404
    mine = found.person_id == viewer.user_id
    if not (mine or may_book_staff(viewer, found.organisation_id)):
        raise Http404
    colleagues = [
        each
        for each in offer.colleagues_at(viewer, found.organisation_id, on=timezone.localdate(now))
        if each.pk != found.person_id
    ]
    starts_on = timezone.localdate(found.session.starts_at)
    form = PassOnForm(request.POST or None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        try:
            acts.pass_on(found, to=uuid.UUID(form.cleaned_data["to"]), by=viewer, at=now)
        except acts.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Passed on. Your colleague is told, and keeps the place.")
            return redirect("cpd:session", pk=found.session_id)
    return render(
        request,
        "cpd/pass_on.html",
        {
            "form": form,
            "booking": found,
            "session": found.session,
            "mine": mine,
            "day": day_words(starts_on),
        },
    )

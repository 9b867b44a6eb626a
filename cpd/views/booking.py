"""Booking oneself and one's staff, cancelling, passing a place on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cpd.actions import booking as acts
from cpd.forms.booking import PassOnForm, PeopleForm
from cpd.queries import offer
from cpd.rules import Standing, may_book_staff, may_cancel
from cpd.views.offer import BOOKED, line_or_404
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
        outcome = acts.book(
            session,
            people=[user_id_of(viewer)],
            organisation_id=school.organisation_id,
            by=viewer,
            at=timezone.now(),
        )
        if outcome.made:  # said there, from where one stands by then: nothing is kept for it in a rush
            return redirect(f"{reverse('cpd:session', args=[pk])}?{BOOKED}=1")
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
            if form.together and not outcome.placed:
                messages.info(request, said_of_group(line_or_404(request, pk), len(outcome.made), school.pk))
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
            "room": room_words(line, school.pk),
        },
    )


def room_words(line: offer.Whole, school_id: uuid.UUID) -> str:
    """ "12 are free; your school has 2 of its 3 until Thursday 3 December"."""
    free = "1 place is free" if line.left == 1 else f"{line.left or 'no'} places are free"
    cap, until = line.session.share_cap, line.session.share_until
    if cap is None or until is None or timezone.localdate(line.now) >= until:
        return free
    held = line.queue.placed_of(school_id) or "none"
    return f"{free}; your school has {held} of its {cap} until {day_words(until)}"


def said_of_group(line: offer.Whole, number: int, school_id: uuid.UUID) -> str:
    """ "3 colleagues wait together for places: 12 are free; your school has 2 of its 3 until Thursday 3 December." """
    return f"{number} colleagues wait together: {room_words(line, school_id)}."


def said_of(outcome: acts.Outcome) -> str:
    """ "8 colleagues are booked: 6 have a place, 2 are in the queue." """
    number = len(outcome.made)
    placed = outcome.placed
    waiting = number - placed
    who = "1 colleague is" if number == 1 else f"{number} colleagues are"
    if not waiting:
        return f"{who} booked and {'has' if number == 1 else 'all have'} a place."
    in_queue = f"{waiting} {'is' if waiting == 1 else 'are'} in the queue"
    if not placed:
        return f"{'1 colleague is' if number == 1 else f'All {number} colleagues are'} in the queue."
    return f"{who} booked: {placed} {'has' if placed == 1 else 'have'} a place, {in_queue}."


@require_POST
@needs(Permission.BOOK_STAFF)
def separate(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A group that waits together comes each for themselves after all."""
    viewer = viewer_of(request)
    found = offer.find_booking(viewer, pk)
    if found is None:
        raise Http404
    with refusals_said(request):
        acts.separate(found, by=viewer, at=timezone.now())
        messages.success(request, "They come each for themselves now.")
    return redirect("cpd:session", pk=found.session_id)


def cancelled_already(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """For a page of a booking that is cancelled by now, gone back to; for strangers there is none."""
    viewer = viewer_of(request)
    gone = offer.find_cancelled(viewer, pk)
    if gone is None:
        raise Http404
    by_them = gone.cancelled_by_id == viewer.user_id
    messages.info(request, "You cancelled this already." if by_them else "This is cancelled already.")
    return redirect("cpd:session", pk=gone.session_id)


@needs(Permission.BOOK_CPD)
def cancel_booking(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One's own in one tap; on the page it says what a late one means."""
    viewer, now = viewer_of(request), timezone.now()
    found = offer.find_booking(viewer, pk)
    if found is None:
        return cancelled_already(request, pk)
    ensure(may_cancel(viewer, found))
    last = acts.last_day_to_cancel(found.session)
    line = offer.whole(viewer, found.session, now=now)
    standing, goes_on = line.queue.standing(pk), line.goes_on(pk)
    if request.method == "POST":
        with refusals_said(request):
            acts.cancel(found, by=viewer, at=now)
            mine = found.person_id == viewer.user_id
            messages.success(request, cancelled_words(found, standing, goes_on=goes_on, mine=mine))
        return redirect("cpd:session", pk=found.session_id)
    late = standing.placed and timezone.localdate(now) > last
    return render(
        request,
        "cpd/cancel.html",
        {
            "booking": found,
            "session": found.session,
            "placed": standing.placed,
            "place": offer.place_words(standing, found.session),
            "goes_on": goes_on,
            "late": late,
            "last": last,
            "mine": found.person_id == viewer.user_id,
        },
    )


def cancelled_words(booking: acts.Booking, standing: Standing, *, goes_on: bool, mine: bool) -> str:
    if not standing.placed:
        return f"{'You have' if mine else f'{booking.person.name} has'} left the queue."
    late = " It was late: the register shows it so." if booking.late else ""
    whose = "Your booking" if mine else f"The booking of {booking.person.name}"
    then = "Whoever is next has the place and is told." if goes_on else "The place is free again."
    return f"{whose} is cancelled. {then}{late}"


@needs(Permission.BOOK_CPD)
def pass_booking_on(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A colleague of the same school comes instead; the place is kept."""
    viewer, now = viewer_of(request), timezone.now()
    found = offer.find_booking(viewer, pk)
    if found is None:
        return cancelled_already(request, pk)
    mine = found.person_id == viewer.user_id
    if not (mine or may_book_staff(viewer, found.organisation_id)):
        raise Http404
    colleagues = offer.free_colleagues(viewer, found, on=timezone.localdate(now))
    standing = offer.whole(viewer, found.session, now=now).queue.standing(pk)
    place = offer.place_words(standing, found.session)
    then = f"has p{place[1:]}" if standing.placed else f"is {place}"
    starts_on = timezone.localdate(found.session.starts_at)
    form = PassOnForm(request.POST or None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        try:
            acts.pass_on(found, to=uuid.UUID(form.cleaned_data["to"]), by=viewer, at=now)
        except acts.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Passed on. Your colleague is told, and {then}.")
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
            "then": then,
            "colleagues": colleagues,
        },
    )

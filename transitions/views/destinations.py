"""Where a child goes next, and children added by hand."""

from __future__ import annotations

import uuid
from typing import Any, TypedDict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from partnership.access.guards import ensure, needs, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.dates import academic_year_of
from partnership.lib.names import within_a_sentence
from schools.queries.agreements import uncovered, why_not
from transitions.actions.applying import Refused
from transitions.actions.destinations import set_destination
from transitions.actions.moves import add_pupil
from transitions.enums import Boundary, DestinationSource, DestinationState, Elsewhere
from transitions.forms.destinations import AT_MOST, ELSEWHERE, HERE, NOWHERE, REGISTER, DestinationForm
from transitions.forms.pupils import PupilForm
from transitions.queries import children, places
from transitions.queries.consequences import consequences
from transitions.queries.entry import boundary_for, first_day_of
from transitions.rules import may_set_destination
from transitions.views.common import move_or_404, said


@needs(Permission.SET_DESTINATIONS)
def destination(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record or change the next school. A change closes what was shared with the former one, and says so first."""
    viewer, now = viewer_of(request), timezone.now()
    move = move_or_404(request, pk)
    ensure(may_set_destination(viewer, move))
    today = timezone.localdate(now)
    schools = places.next_schools_of(move, on=today)
    form = DestinationForm(
        request.POST or None,
        schools=schools,
        search=lambda text: places.schools_named(text, at_most=AT_MOST + 1),
        initial=as_it_is(move, schools, today),
    )
    context = {"move": move, "pupil": move.pupil, "form": form}
    if request.method == "POST" and form.is_valid() and CHANGE not in request.POST:
        place = place_said(form.cleaned_data)
        ends = consequences(
            move,
            children.handover_of(move),
            to_school_id=place["to_school_id"],
            elsewhere=place["elsewhere"],
            state=place["state"],
        )
        if ends and CHECKED not in request.POST:
            kept = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
            context |= {"ends": ends, "kept": kept, "place": place_words(place)}
            return render(request, "transitions/destination_check.html", context)
        with said(request, "The destination is recorded."):
            set_destination(move, **place, on=form.cleaned_data["on"] or today, by=viewer, at=now)
        return redirect("transitions:child", pk=pk)
    return render(request, "transitions/destination.html", context)


CHECKED, CHANGE = "checked", "change"
"""The two buttons of the check page: go on, or back to the form as it was filled in."""


class Place(TypedDict):
    """What the form says of the next school."""

    state: str
    to_school_id: uuid.UUID | None
    elsewhere: str
    elsewhere_name: str
    source: str


def place_said(facts: dict[str, Any]) -> Place:
    where = facts["where"]
    school = facts["school"] or (places.find_school(facts["to_school"]) if where == HERE else None)
    away, nowhere = where == ELSEWHERE, where == NOWHERE
    return Place(
        state=DestinationState.NONE if nowhere else facts["state"],
        to_school_id=school.pk if school and not away and not nowhere else None,
        elsewhere=facts["elsewhere"] if away else "",
        elsewhere_name=facts["elsewhere_name"] if away else "",
        source=facts["source"] or DestinationSource.PRESENT_SCHOOL,
    )


def place_words(place: Place) -> str:
    """ "Northfield School, accepted"."""
    if place["state"] == DestinationState.NONE:
        return "Not known yet"
    school = places.find_school(place["to_school_id"])
    name = school.name if school else place["elsewhere_name"] or str(Elsewhere(place["elsewhere"]).label)
    return f"{name}, {within_a_sentence(str(DestinationState(place['state']).label))}"


def as_it_is(
    move: children.Transition, schools: list[places.Organisation], today: object
) -> dict[str, object]:
    """The form with the place as the record has it. How sure, who says so and since when are asked afresh of whoever
    changes it: an offer list that named the former school says nothing of the next."""
    known = {school.pk for school in schools}
    found: dict[str, object] = {
        "state": "" if move.has_destination else DestinationState.ACCEPTED,
        "source": DestinationSource.PRESENT_SCHOOL,
        "on": today,
        "where": HERE,
    }
    if move.to_school_id in known:
        found["to_school"] = str(move.to_school_id)
    elif move.to_school is not None:
        found |= {"where": REGISTER, "named": str(move.to_school.urn or move.to_school.name)}
    elif move.elsewhere:
        found |= {"where": ELSEWHERE, "elsewhere": move.elsewhere, "elsewhere_name": move.elsewhere_name}
    return found


@needs(Permission.MANAGE_PUPILS)
def add(request: HttpRequest) -> HttpResponse:
    """A child no file brought."""
    viewer, now = viewer_of(request), timezone.now()
    today = timezone.localdate(now)
    managed = places.schools_managed(viewer)
    waiting = {each.organisation_id for each in uncovered([place.pk for place in managed], on=today)}
    schools = [place for place in managed if place.pk not in waiting]
    form = PupilForm(
        request.POST or None,
        schools=schools,
        classes=places.classes_managed(viewer),
        today=today,
        initial={"key": uuid.uuid4(), "sen_provision": "N", "moves": "phase"},
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        school = places.find_school(facts["school"])
        ensure(school is not None and viewer.may(Permission.MANAGE_PUPILS, school.pk))
        assert school is not None
        in_year = facts["moves"] == "in_year"
        entry_year = academic_year_of(facts["moves_on"]) if in_year else academic_year_of(today) + 1
        try:
            move = add_pupil(
                id=facts["key"],
                school_id=school.pk,
                forename=facts["forename"],
                surname=facts["surname"],
                known_as=facts["known_as"],
                born_on=facts["born_on"],
                year_group=facts["year_group"],
                sen_provision=facts["sen_provision"],
                class_group=facts["group"],
                boundary=Boundary.IN_YEAR if in_year else boundary_for(school, facts["year_group"]),
                entry_year=entry_year,
                moves_on=facts["moves_on"] or first_day_of(school, entry_year),
                by=viewer,
                at=now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("transitions:child", pk=move.pk)
    context = {"form": form, "schools": schools, "waits": why_not(waiting, on=today, asker=viewer.user_id)}
    return render(request, "transitions/add_pupil.html", context)

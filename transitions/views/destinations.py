"""Where a child goes next, and children added by hand."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from partnership.access.guards import ensure, needs, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.dates import academic_year_of
from schools.queries.agreements import uncovered, why_not
from transitions.actions.applying import Refused
from transitions.actions.destinations import set_destination
from transitions.actions.moves import add_pupil
from transitions.enums import Boundary, DestinationSource, DestinationState
from transitions.forms.destinations import AT_MOST, ELSEWHERE, HERE, NOWHERE, REGISTER, DestinationForm
from transitions.forms.pupils import PupilForm
from transitions.queries import children, places
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
    schools = places.neighbours_of(move.school_id, on=today)
    form = DestinationForm(
        request.POST or None,
        schools=schools,
        search=lambda text: places.schools_named(text, at_most=AT_MOST + 1),
        initial=as_it_is(move, schools, today),
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        school = facts["school"] or (
            places.find_school(facts["to_school"]) if facts["where"] == HERE else None
        )
        nowhere = facts["where"] == NOWHERE
        away = facts["where"] == ELSEWHERE
        with said(request, "The destination is recorded."):
            set_destination(
                move,
                state=DestinationState.NONE if nowhere else facts["state"],
                to_school_id=school.pk if school and not away and not nowhere else None,
                elsewhere=facts["elsewhere"] if away else "",
                elsewhere_name=facts["elsewhere_name"] if away else "",
                source=facts["source"] or DestinationSource.PRESENT_SCHOOL,
                on=facts["on"] or today,
                by=viewer,
                at=now,
            )
        return redirect("transitions:child", pk=pk)
    return render(request, "transitions/destination.html", {"move": move, "pupil": move.pupil, "form": form})


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
    context = {"form": form, "schools": schools, "waits": why_not(waiting, on=today)}
    return render(request, "transitions/add_pupil.html", context)

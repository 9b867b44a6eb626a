"""The school's say in bookings: its rule, one answer, and who is out when."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.actions import releasing
from cpd.forms.release import AnswerForm, NoteForm, RuleForm
from cpd.queries import release as queries
from cpd.queries.offer import schools_to_book_for
from cpd.queries.out import who_is_out
from cpd.rules import may_answer, may_note
from partnership.access.guards import ensure, needs, viewer_of
from partnership.access.permissions import Permission
from partnership.lib.dates import HalfTermSpan
from schools.queries.calendars import calendar_for

if TYPE_CHECKING:
    from cpd.models import Release
    from schools.models import Organisation


@needs(Permission.BOOK_CPD)
def release(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One booking of a colleague: yes or no where it was asked, paid or time back, who covers."""
    viewer = viewer_of(request)
    found = found_release(request, pk)
    asked = found.approval == "asked" and may_answer(viewer, found)
    answering = request.method == "POST" and ("yes" in request.POST or "no" in request.POST)
    answer = AnswerForm(request.POST if answering else None)
    rule = queries.rule_of(viewer, found.organisation_id)
    note = NoteForm(
        request.POST if request.method == "POST" and not answering else None,
        initial={"given": found.given, "cover": found.cover},
        rule=rule.given if rule else "",
    )
    if answering and answer.is_valid():
        return answered(request, found, answer)
    if note.is_valid():
        releasing.note(found, by=viewer, at=timezone.now(), **note.cleaned_data)
        messages.success(request, "Noted.")
        return redirect(back_from(request, found))
    facts = queries.about(viewer, found)
    return render(
        request,
        "cpd/release.html",
        {
            "release": found,
            "session": found.booking.session,
            "asked": asked,
            "answer": answer,
            "note": note,
            "facts": facts,
            "back": back_from(request, found),
        },
    )


def answered(request: HttpRequest, found: Release, form: AnswerForm) -> HttpResponse:
    try:
        releasing.answer(
            found,
            agreed=form.agreed,
            words=form.cleaned_data["words"],
            by=viewer_of(request),
            at=timezone.now(),
        )
    except releasing.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        what = "approved" if form.agreed else "declined, and the place goes to whoever is next"
        messages.success(request, f"The booking of {found.person.name} is {what}. They are told.")
    return redirect("home")


def found_release(request: HttpRequest, pk: uuid.UUID) -> Release:
    """A booking the viewer has a say in; otherwise it does not exist."""
    viewer = viewer_of(request)
    found = queries.find_release(viewer, pk)
    if found is None or not may_note(viewer, found):
        raise Http404
    return found


def back_from(request: HttpRequest, found: Release) -> str:
    """To who is out in the half-term of this session, for those who see it; else home."""
    if not viewer_of(request).may(Permission.BOOK_STAFF, found.organisation_id):
        return reverse("home")
    day = timezone.localdate(found.booking.session.starts_at)
    spans = calendar_for(found.organisation_id).half_terms
    half_term = next((f"&half_term={each.starts_on}" for each in spans if day in each), "")
    return f"{reverse('cpd:out')}?school={found.organisation_id}{half_term}"


@require_GET
@needs(Permission.BOOK_STAFF)
def out(request: HttpRequest) -> HttpResponse:
    """Who of a school is at which session, by day, over one half-term."""
    viewer, today = viewer_of(request), timezone.localdate()
    schools = schools_to_book_for(viewer)
    school = chosen_school(schools, request.GET.get("school", ""))
    spans = tuple(calendar_for(school.pk).half_terms)
    first, last, name = period(spans, request.GET.get("half_term", ""), today=today)
    return render(
        request,
        "cpd/out.html",
        {
            "school": school,
            "schools": schools,
            "spans": spans,
            "first": first,
            "last": last,
            "name": name,
            "found": who_is_out(viewer, school.pk, first=first, last=last),
            "today": today,
            "may_set": viewer.may(Permission.RELEASE_STAFF, school.pk),
        },
    )


def period(spans: tuple[HalfTermSpan, ...], asked: str, *, today: date) -> tuple[date, date, str]:
    """The half-term that was asked for, else the one under way or next; six weeks where none is entered."""
    found = next((span for span in spans if span.starts_on.isoformat() == asked), None)
    found = found or next((span for span in spans if span.ends_on >= today), None)
    if found is None:
        return today, today + timedelta(weeks=6), "The next six weeks"
    return found.starts_on, found.ends_on, f"{found.name}, {found.starts_on:%Y}"


@needs(Permission.RELEASE_STAFF)
def rule(request: HttpRequest) -> HttpResponse:
    """What holds at the school for all bookings."""
    viewer = viewer_of(request)
    schools = queries.schools_to_release(viewer)
    school = chosen_school(schools, request.GET.get("school", ""))
    ensure(viewer.may(Permission.RELEASE_STAFF, school.pk))
    held = queries.rule_of(viewer, school.pk)
    initial = (
        {"approval": held.approval, "given": held.given, "remind_manager": held.remind_manager}
        if held
        else {}
    )
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        releasing.set_rule(school.pk, by=viewer, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Saved. It holds for bookings from now on.")
        return redirect(f"{reverse('cpd:out')}?school={school.pk}")
    return render(request, "cpd/school_rule.html", {"form": form, "school": school})


def chosen_school(schools: list[Organisation], asked: str) -> Organisation:
    """The one asked for, else the first; there is one at least, or the door would be shut."""
    return next((each for each in schools if str(each.pk) == asked), schools[0])

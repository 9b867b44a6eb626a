"""A joint day: its programme, choosing for oneself, and the school's office that asks and books."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.actions import days as acts
from cpd.actions.booking import Refused
from cpd.forms.days import ChooseForm, StaffChooseForm
from cpd.queries import days, offer
from cpd.views.booking import said_of
from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission


def plan_or_404(request: HttpRequest, pk: uuid.UUID) -> days.Plan:
    """The day if it is offered to the viewer; otherwise it does not exist."""
    viewer = viewer_of(request)
    found = days.find_day(viewer, pk)
    if found is None:
        raise Http404
    return days.plan_of(viewer, found, now=timezone.now())


@require_GET
@needs(Permission.BOOK_CPD)
def day(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One's own programme of the day on one page, to take along on a phone or on paper."""
    viewer, plan = viewer_of(request), plan_or_404(request, pk)
    return render(
        request,
        "cpd/day.html",
        {
            "plan": plan,
            "day": plan.day,
            "may_choose": plan.open and bool(offer.own_schools(viewer)),
            "may_book_staff": viewer.has(Permission.BOOK_STAFF),
        },
    )


@needs(Permission.BOOK_CPD)
def choose(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A workshop for each part of the day, in one press: all as asked, or nothing and why."""
    viewer, plan = viewer_of(request), plan_or_404(request, pk)
    form = ChooseForm(request.POST if request.method == "POST" else None, parts=plan.parts)
    if request.method == "POST" and form.is_valid():
        wishes = {
            part.key: acts.Wish(first, form.chosen("second", part))
            for part in plan.parts
            if (first := form.chosen("first", part))
        }
        try:
            got = acts.choose(
                wishes,
                organisation_id=offer.own_schools(viewer)[0].organisation_id,
                by=viewer,
                at=timezone.now(),
            )
        except acts.PartsRefused as refusal:
            for key, reason in refusal.reasons.items():
                form.add_error(f"first_{key}", reason)
        else:
            for each in got:
                said = messages.success if each.standing and each.standing.placed else messages.info
                said(request, f"{timezone.localtime(each.session.starts_at):%H:%M}: {each.words}")
            if not got:
                messages.info(request, "You have these workshops already. Nothing is changed.")
            return redirect("cpd:day", pk=pk)
    return render(
        request,
        "cpd/choose.html",
        {
            "form": form,
            "plan": plan,
            "day": plan.day,
            "fields": [(form[f"first_{each.key}"], form[f"second_{each.key}"]) for each in plan.parts],
        },
    )


@needs(Permission.BOOK_STAFF)
def day_school(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who of the school has chosen; ask the others, or book them."""
    viewer, plan, now = viewer_of(request), plan_or_404(request, pk), timezone.now()
    schools = offer.schools_to_book_for(viewer)
    asked = request.GET.get("school", "")
    school = next((each for each in schools if str(each.pk) == asked), schools[0])
    staff = days.choosers(viewer, plan, school.pk)
    missing = [each for each in staff if each.parts < len(plan.parts)]
    asking = request.method == "POST" and "ask" in request.POST
    form = StaffChooseForm(
        request.POST if request.method == "POST" and not asking else None, parts=plan.parts, staff=missing
    )
    if asking:
        acts.ask(
            plan.day,
            people=[each.person.pk for each in missing],
            organisation_id=school.pk,
            by=viewer,
            at=now,
        )
        messages.success(request, "Asked. Whoever has chosen meanwhile is not reminded.")
        return redirect(request.get_full_path())
    if form.is_bound and form.is_valid():
        chosen = [session for part in plan.parts if (session := form.chosen("first", part))]
        try:
            outcomes = acts.book_staff(chosen, people=form.who, organisation_id=school.pk, by=viewer, at=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            for each in filter(lambda one: one.made, outcomes):
                start = timezone.localtime(each.made[0].session.starts_at)
                messages.success(request, f"{start:%H:%M}: {said_of(each)}")
            return redirect(request.get_full_path())
    return render(
        request,
        "cpd/day_school.html",
        {
            "form": form,
            "plan": plan,
            "day": plan.day,
            "school": school,
            "schools": schools,
            "staff": staff,
            "missing": missing,
            "fields": [form[f"first_{each.key}"] for each in plan.parts],
        },
    )

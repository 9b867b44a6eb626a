"""Three questions for whoever was there, and what the answers come to for whoever led it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cpd.actions import feedback as acts
from cpd.enums import Step
from cpd.forms.feedback import FeedbackForm
from cpd.queries import feedback, offer
from cpd.rules.acts import may_read_feedback
from partnership.access.guards import needs, signed_in, viewer_of
from partnership.access.permissions import Permission


@signed_in
def give(request: HttpRequest, pk: uuid.UUID, step: str) -> HttpResponse:
    """For those alone who were in the room (beforehand: who have a place), wherever they work now."""
    viewer, now = viewer_of(request), timezone.now()
    asked = feedback.find_asked(viewer, pk, step, now=now)
    if asked is None:
        raise Http404
    mine = feedback.my_answer(viewer, pk, step)
    initial = {"score": mine.score, "practice": mine.practice, "wish": mine.wish} if mine else None
    form = FeedbackForm(request.POST or None, questions=asked.questions, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            acts.give(pk, step, **form.cleaned_data, by=viewer, at=now)
        except acts.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Thank you. Your answer is in, without your name.")
            to_certificate = step == Step.DAY and asked.session.ends_at <= now
            return redirect("cpd:certificate", pk=pk) if to_certificate else redirect("cpd:passport")
    tried = feedback.my_answer(viewer, pk, Step.DAY) if step == Step.IMPACT else None
    return render(
        request,
        "cpd/feedback.html",
        {"form": form, "asked": asked, "session": asked.session, "changes": asked.given, "tried": tried},
    )


@require_GET
@needs(Permission.BOOK_CPD)
def results(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Averages and texts after a step has closed, never with a name and never of a few."""
    viewer = viewer_of(request)
    session = offer.find_session(viewer, pk)
    if session is None or not may_read_feedback(
        viewer, facilitator_id=session.facilitator_id, partnership_id=session.partnership_id
    ):
        raise Http404
    return render(
        request,
        "cpd/feedback_results.html",
        {"session": session, "results": feedback.results_of(viewer, session, now=timezone.now())},
    )

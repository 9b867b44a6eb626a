"""When one works: with one tap where it is a usual week, day by day where it is not."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from partnership.access.guards import needs, signed_in, viewer_of
from partnership.access.permissions import Permission
from schools.actions.hours import name_line_manager, say_hours
from schools.forms.hours import NONE, USUAL, HoursForm, LineManagerForm, usual_week
from schools.queries import people
from schools.queries.hours import hours_post, weeks_of, words_of


@require_http_methods(["GET", "POST"])
@signed_in
def hours(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The hours of a post of one's own, or of somebody one books for."""
    viewer = viewer_of(request)
    post = hours_post(viewer, pk, on=timezone.localdate())
    if post is None:
        raise Http404
    mine = post.user_id == viewer.user_id
    back = back_of(request) or reverse("schools:my_account" if mine else "home")
    known = weeks_of([post.pk]).get(post.pk, {})
    chosen = usual_week(request.POST.get("usual", ""))
    form = HoursForm(request.POST if request.method == "POST" and chosen is None else None, week=known)
    week = chosen if chosen is not None else form.week if form.is_valid() else None
    if request.method == "POST" and week is not None:
        say_hours(post, week=week, by=viewer, at=timezone.now())
        messages.success(
            request, "Saved. Mail comes within these hours, and each session says whether it is paid time."
        )
        return redirect(back)
    context = {
        "form": form,
        "post": post,
        "mine": mine,
        "usual": [(code, words) for code, (words, _) in USUAL.items()],
        "none": NONE,
        "known": words_of(known),
        "back": back,
    }
    return render(request, "schools/people/hours.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RELEASE_STAFF)
def line_manager(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who lets the holder of a post go, where the school wants that asked."""
    viewer, today = viewer_of(request), timezone.localdate()
    post = hours_post(viewer, pk, on=today)
    if post is None or not viewer.may(Permission.RELEASE_STAFF, post.organisation_id):
        raise Http404
    near = people.colleagues(viewer, post.organisation_id, on=today, but=post.user_id)
    initial = {"manager": str(post.line_manager_id or "")}
    form = LineManagerForm(request.POST if request.method == "POST" else None, people=near, initial=initial)
    if form.is_valid():
        name_line_manager(post, manager_id=form.chosen, by=viewer, at=timezone.now())
        messages.success(request, f"Saved for {post.user.name}.")
        return redirect(f"{reverse('schools:staff')}?school={post.organisation_id}")
    return render(request, "schools/people/line_manager.html", {"form": form, "post": post})


def back_of(request: HttpRequest) -> str:
    """Where somebody came from within this site; '' for anywhere else."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, None) and asked.startswith("/") else ""

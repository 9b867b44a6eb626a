"""The page on one's mail."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from partnership.access.guards import signed_in, user_id_of, viewer_of
from partnership.access.viewer import Viewer
from partnership.outbox import actions, reminders
from partnership.outbox.forms import AS_IT_COMES, PreferencesForm
from partnership.outbox.queries import own_preference
from partnership.outbox.topics import Topic
from partnership.outbox.wishes import wishes_of


def topics_for(viewer: Viewer) -> list[Topic]:
    """What this viewer is ever told of."""
    return [
        topic
        for topic in reminders.topics()
        if not topic.permissions or any(viewer.has(each) for each in topic.permissions)
    ]


@require_http_methods(["GET", "POST"])
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """What comes by mail at once, once a week, or stays in the inbox; when, and when not."""
    viewer = viewer_of(request)
    topics = topics_for(viewer)
    form = PreferencesForm(request.POST or None, topics=topics, initial=as_it_is(viewer, topics))
    if form.is_valid():
        actions.set_preferences(
            by=viewer,
            digest_day=form.cleaned_data["digest_day"],
            digest_at=time.fromisoformat(form.cleaned_data["digest_at"]),
            quiet_from=form.hour("quiet_from"),
            quiet_until=form.hour("quiet_until"),
            ways=form.chosen(),
        )
        messages.success(request, "Saved. Your mail follows this from now on.")
        return redirect("inbox:preferences")
    context = {"form": form, "firm": [topic for topic in topics if topic.firm]}
    return render(request, "outbox/preferences.html", context)


def as_it_is(viewer: Viewer, topics: list[Topic]) -> dict[str, Any]:
    """What holds now; a topic nobody touched shows how its messages come by themselves."""
    person = user_id_of(viewer)
    wish, own = wishes_of([person])[person], own_preference(viewer)
    found: dict[str, Any] = {
        topic.code: wish.chosen.get(topic.code, topic.usual or AS_IT_COMES[0]) for topic in topics
    }
    return found | {
        "digest_day": wish.digest.day,
        "digest_at": f"{wish.digest.at:%H:%M}",
        "quiet_from": f"{own.quiet_from:%H:%M}" if own and own.quiet_from else "",
        "quiet_until": f"{own.quiet_until:%H:%M}" if own and own.quiet_until else "",
    }

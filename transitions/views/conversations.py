"""Conversations of two schools: planned, held, cancelled."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from transitions.actions.applying import Refused
from transitions.actions.conversations import cancel, hold, plan
from transitions.forms.conversations import HELD, PLANNED, ConversationForm
from transitions.queries import pairs
from transitions.views.common import handover_or_404, said

LEADS = (Permission.SHARE_HANDOVERS, Permission.RECEIVE_HANDOVERS)


@needs(*LEADS)
def talk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record or plan a conversation, beginning from one child; others of the same two schools can be ticked too."""
    handover = handover_or_404(request, pk)
    return conversation_page(
        request,
        school_id=handover.school_id,
        reader_id=handover.seen_by,
        initial={
            "key": uuid.uuid4(),
            "day": timezone.localdate(),
            "way": "in_person",
            f"child_{handover.pk}": True,
        },
        back=("transitions:child", pk),
    )


@needs(*LEADS)
def hold_planned(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that a planned conversation was held."""
    viewer = viewer_of(request)
    planned = pairs.find_conversation(viewer, pk)
    if planned is None or planned.held_on or planned.cancelled_at:
        raise Http404
    today = timezone.localdate()
    initial: dict[str, object] = {
        "key": planned.pk,
        "when": HELD,
        "day": min(planned.planned_for or today, today),
        "way": planned.way,
        "present": [str(a.user_id) for a in planned.adults.all() if a.organisation_id == planned.school_id],
        "coming": [str(a.user_id) for a in planned.adults.all() if a.organisation_id == planned.reader_id],
    }
    initial |= {f"child_{each.pk}": True for each in pairs.handovers_in(viewer, planned)}
    return conversation_page(
        request,
        school_id=planned.school_id,
        reader_id=planned.reader_id,
        initial=initial,
        back=("transitions:conversation", pk),
    )


def conversation_page(
    request: HttpRequest,
    *,
    school_id: uuid.UUID,
    reader_id: uuid.UUID,
    initial: dict[str, object],
    back: tuple[str, uuid.UUID],
) -> HttpResponse:
    """The form for a pair of schools, and what becomes of it."""
    viewer, now = viewer_of(request), timezone.now()
    handovers = pairs.handovers_between(viewer, school_id=school_id, reader_id=reader_id)
    if not handovers:
        messages.error(request, "There is no shared handover to talk over between these two schools.")
        return redirect(back[0], pk=back[1])
    today = timezone.localdate(now)
    names = {"present": pairs.school_named(school_id), "coming": pairs.school_named(reader_id)}
    form = ConversationForm(
        request.POST or None,
        handovers=handovers,
        present=pairs.could_take_part(school_id, on=today),
        coming=pairs.could_take_part(reader_id, on=today),
        present_name=names["present"],
        coming_name=names["coming"],
        today=today,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        common = {
            "id": facts["key"],
            "handovers": form.chosen(facts),
            "way": facts["way"],
            "adults": form.adults(school_id=school_id, reader_id=reader_id),
            "by": viewer,
            "at": now,
        }
        try:
            if facts["when"] == PLANNED:
                plan(planned_for=facts["day"], planned_time=facts["time"], **common)
                messages.success(
                    request, "Planned. Both schools are told, and reminded the school day before."
                )
            else:
                hold(held_on=facts["day"], notes=form.notes(), **common)
                messages.success(request, "Recorded: you have met.")
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("transitions:conversation", pk=facts["key"])
    context = {
        "form": form,
        "names": names,
        "back": back,
        "one": len(handovers) == 1,
        "leaving_side": viewer.may(Permission.SHARE_HANDOVERS, school_id),
    }
    return render(request, "transitions/conversation_form.html", context)


@require_GET
@needs(Permission.READ_HANDOVERS)
def conversation(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One conversation: who, when, and the children talked over."""
    viewer = viewer_of(request)
    found = pairs.find_conversation(viewer, pk)
    if found is None:
        raise Http404
    return render(
        request,
        "transitions/conversation.html",
        {
            "conversation": found,
            "handovers": pairs.handovers_in(viewer, found),
            "leaving_side": viewer.may(Permission.READ_HANDOVERS, found.school_id),
            "may_change": not (found.held_on or found.cancelled_at)
            and (
                viewer.may(Permission.SHARE_HANDOVERS, found.school_id)
                or viewer.may(Permission.RECEIVE_HANDOVERS, found.reader_id)
            ),
        },
    )


@needs(*LEADS)
def cancel_planned(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Call a planned conversation off, asked once more; both schools hear of it."""
    viewer = viewer_of(request)
    planned = pairs.find_conversation(viewer, pk)
    if planned is None:
        raise Http404
    if request.method == "POST":
        with said(request, "Cancelled. Both schools are told."):
            cancel(planned, by=viewer, at=timezone.now())
        return redirect("transitions:conversation", pk=pk)
    return render(request, "transitions/conversation_cancel.html", {"conversation": planned})

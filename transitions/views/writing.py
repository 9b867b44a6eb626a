"""Begin a handover and write its sections; saved as one writes, and with both texts shown where two wrote at once."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from partnership.access.guards import ensure, needs, viewer_of
from transitions.actions.writing import Conflict, begin, mark_own_conversation, save_section
from transitions.enums import HandoverKind, SectionKind
from transitions.forms.writing import OwnConversationForm, SectionForm
from transitions.queries import children
from transitions.rules import may_write, sections_of
from transitions.views.common import WRITES, child_url, handover_or_404, move_or_404, record_opening


@require_POST
@needs(*WRITES)
def begin_handover(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Begin the SEND handover; a second press opens the one that is there."""
    begin(move_or_404(request, pk), kind=HandoverKind.SEND, by=viewer_of(request), at=timezone.now())
    return redirect("transitions:child", pk=pk)


@needs(*WRITES)
def write_all(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """All sections on one page, for a desk. Each is saved as one writes; where scripts do not run, any button saves every
    section that was changed, so that nothing typed is lost."""
    viewer = viewer_of(request)
    handover = handover_or_404(request, pk)
    ensure(may_write(viewer, handover))
    sections = children.working_sections(viewer, handover)
    data, theirs = None, dict[str, Conflict]()
    if request.method == "POST":
        data = request.POST.copy()
        sections = [each for each in sections if f"{each.kind}-version" in data]
        theirs = save_posted(request, data, sections)
        if not theirs and all(one_of_many(each, data).is_valid() for each in sections):
            messages.success(request, "Saved.")
            pressed = next((each.kind for each in sections if each.kind == data.get("save")), "")
            return redirect(f"{request.path}#{pressed}" if pressed else request.path)
        sections = children.working_sections(viewer, handover)
    else:
        record_opening(request, handover, side=handover.school_id, version=0)
    forms = [
        (section, one_of_many(section, data), *beside(theirs.get(section.kind), viewer.user_id))
        for section in sections
    ]
    context = {"handover": handover, "pk": pk, "forms": forms, **about(handover)}
    return render(request, "transitions/write_all.html", context, status=409 if theirs else 200)


def one_of_many(section: children.Section, data: QueryDict | None) -> SectionForm:
    """The form of one section among others on a page; one that was not sent stands as it is kept."""
    sent = data if data is not None and f"{section.kind}-version" in data else None
    return SectionForm(sent, section=section, prefix=section.kind, auto_id="id_%s")


def save_posted(
    request: HttpRequest, data: QueryDict, sections: list[children.Section]
) -> dict[str, Conflict]:
    """Save each section that was changed, or whose own button was pressed. What another saved meanwhile is given back;
    `data` is brought to the versions as they then are."""
    theirs: dict[str, Conflict] = {}
    for section in sections:
        form = one_of_many(section, data)
        if not form.is_valid() or not (form.changed or data.get("save") == section.kind):
            continue
        try:
            saved = save_section(
                section,
                text=form.cleaned_data["text"],
                facts=form.facts,
                nothing=form.cleaned_data.get("nothing", False),
                seen_version=form.cleaned_data["version"],
                by=viewer_of(request),
                at=timezone.now(),
            )
        except Conflict as conflict:
            theirs[section.kind] = conflict
            saved = conflict.current
        data[f"{section.kind}-version"] = str(saved.version)
    return theirs


def beside(conflict: Conflict | None, user_id: uuid.UUID | None) -> tuple[children.ShownSection | None, bool]:
    """What another saved meanwhile, to stand above one's own words; and whether it was oneself in another window."""
    if conflict is None:
        return None, False
    return children.shown_working([conflict.current])[0], conflict.current.updated_by_id == user_id


@needs(*WRITES)
def write(request: HttpRequest, pk: uuid.UUID, kind: str) -> HttpResponse:
    """One section. A plain form saves and goes on to the next; the same form saves itself as one writes."""
    viewer = viewer_of(request)
    handover = handover_or_404(request, pk)
    section = children.find_section(viewer, handover, kind)
    if section is None:
        raise Http404
    ensure(may_write(viewer, handover))
    quiet = request.headers.get("X-Requested-With") == "autosave"
    if request.method == "GET":
        record_opening(request, handover, side=handover.school_id, version=0)
    form = SectionForm(request.POST or None, section=section)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_section(
                section,
                text=form.cleaned_data["text"],
                facts=form.facts,
                nothing=form.cleaned_data.get("nothing", False),
                seen_version=form.cleaned_data["version"],
                by=viewer,
                at=timezone.now(),
            )
        except Conflict as conflict:
            return both_texts(request, handover, conflict)
        if quiet:
            return JsonResponse({"version": saved.version, "saved_at": saved.updated_at.isoformat()})
        return (
            redirect("transitions:share", pk=pk) if to_share(request) else redirect(after(handover, kind, pk))
        )
    if quiet:
        return JsonResponse({"errors": form.errors}, status=422)
    context = {"handover": handover, "section": section, "form": form, "pk": pk, **about(handover)}
    context |= {"next_label": next_label(handover, kind), "to_share": to_share(request)}
    return render(request, "transitions/write.html", context)


def both_texts(request: HttpRequest, handover: children.Handover, conflict: Conflict) -> HttpResponse:
    """Nothing is lost: the text that was saved meanwhile, by somebody else or by oneself in another window,
    stands beside what is in the form."""
    current = conflict.current
    shown, own = beside(conflict, viewer_of(request).user_id)
    mine = {**request.POST.dict(), "version": str(current.version)}
    context = {
        "section": current,
        "theirs": shown,
        "own": own,
        "form": SectionForm(mine, section=current),
        "pk": handover.transition_id,
        "to_share": to_share(request),
        **about(handover),
    }
    return render(request, "transitions/conflict.html", context, status=409)


@require_POST
@needs(*WRITES)
def own_conversation(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mark, or unmark, that this child needs a conversation of their own."""
    form = OwnConversationForm(request.POST)
    form.is_valid()
    own = form.cleaned_data["own"]
    mark_own_conversation(handover_or_404(request, pk), own=own, by=viewer_of(request), at=timezone.now())
    messages.success(request, "Marked: a conversation of their own." if own else "The mark is taken away.")
    return redirect("transitions:child", pk=pk)


def about(handover: children.Handover) -> dict[str, object]:
    """The move and the child, for the head of a page."""
    move = handover.transition
    return {"move": move, "pupil": move.pupil}


def to_share(request: HttpRequest) -> bool:
    """Whether one came from the check before sharing, and goes back to it."""
    return request.GET.get("to") == "share"


def after(handover: children.Handover, kind: str, pk: uuid.UUID) -> str:
    """Where saving leads: the next section, or the child's page after the last."""
    following = next_kind(handover, kind)
    return f"{child_url(pk)}write/{following}/" if following else child_url(pk)


def next_kind(handover: children.Handover, kind: str) -> str:
    kinds = [str(each) for each in sections_of(handover.kind)]
    place = kinds.index(kind) + 1 if kind in kinds else len(kinds)
    return kinds[place] if place < len(kinds) else ""


def next_label(handover: children.Handover, kind: str) -> str:
    following = next_kind(handover, kind)
    return str(SectionKind(following).label) if following else ""

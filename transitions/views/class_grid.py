"""The grid of a class: half an hour, a row per child, shared at once with each destination (practice P7)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from partnership.access.guards import ensure, needs, viewer_of
from partnership.access.permissions import Permission
from transitions.actions.class_grid import RowConflict, going, save_row, share_class
from transitions.enums import SectionKind
from transitions.forms.class_grid import RowForm
from transitions.queries import class_rows
from transitions.rules import may_write
from transitions.views.common import WRITES, move_or_404


@require_GET
@needs(*WRITES)
def class_list(request: HttpRequest) -> HttpResponse:
    """The classes whose grid one may fill; with only one, the grid itself."""
    grids = class_rows.grids_written_by(viewer_of(request), today=timezone.localdate())
    if len(grids) == 1:
        return redirect("transitions:class_grid", pk=grids[0].pk)
    return render(request, "transitions/class_list.html", {"grids": grids})


@needs(*WRITES)
def grid(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A class, a row per leaving child. Each is saved as one writes; where scripts do not run, any button saves every row
    that was changed."""
    viewer = viewer_of(request)
    found = find_grid(request, pk)
    rows = class_rows.rows_of(viewer, found, today=timezone.localdate())
    data, theirs = None, dict[uuid.UUID, RowConflict]()
    if request.method == "POST":
        data = request.POST.copy()
        theirs = save_rows(request, data, [row for row in rows if not row.is_send])
        if not theirs and all(row_form(row, data).is_valid() for row in rows if sent(row, data)):
            messages.success(request, "Saved.")
            pressed = next((row for row in rows if str(row.move.pk) == data.get("save")), None)
            return redirect(f"{request.path}#{pressed.move.pk}" if pressed else request.path)
        rows = class_rows.rows_of(viewer, found, today=timezone.localdate())
    plain = [row for row in rows if not row.is_send]
    forms = [
        (row, row_form(row, data if sent(row, data) else None), texts_of(theirs.get(row.move.pk)))
        for row in plain
    ]
    context = {
        "grid": found,
        "forms": forms,
        "send": [row for row in rows if row.is_send],
        "may_share": viewer.may(Permission.SHARE_HANDOVERS, found.school.pk),
        "written": sum(row.written for row in plain),
    }
    return render(request, "transitions/class_grid.html", context, status=409 if theirs else 200)


def row_form(row: class_rows.Row, data: QueryDict | None) -> RowForm:
    """The form of one child among the others of the page."""
    return RowForm(data, initial=initial_of(row), prefix=str(row.move.pk), auto_id="id_%s")


def sent(row: class_rows.Row, data: QueryDict | None) -> bool:
    return data is not None and f"{row.move.pk}-version" in data


def save_rows(
    request: HttpRequest, data: QueryDict, rows: list[class_rows.Row]
) -> dict[uuid.UUID, RowConflict]:
    """Save each row that was changed. What another saved meanwhile is given back; `data` is brought to the versions as
    they then are."""
    theirs: dict[uuid.UUID, RowConflict] = {}
    for row in rows:
        form = row_form(row, data)
        if not (sent(row, data) and form.is_valid() and form.changed):
            continue
        try:
            version = save_row(
                row.move,
                texts=form.texts,
                talk_to_me=form.cleaned_data["talk_to_me"],
                seen_version=form.cleaned_data["version"],
                by=viewer_of(request),
                at=timezone.now(),
            )
        except RowConflict as conflict:
            theirs[row.move.pk] = conflict
            version = conflict.version
        data[f"{row.move.pk}-version"] = str(version)
    return theirs


def texts_of(conflict: RowConflict | None) -> list[tuple[str, str]] | None:
    """The notes another saved meanwhile, with their labels."""
    if conflict is None:
        return None
    return [(str(SectionKind(kind).label), text) for kind, text in conflict.texts.items() if text]


@require_POST
@needs(*WRITES)
def save(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Save one child's row; as one writes, or by its button."""
    viewer = viewer_of(request)
    move = move_or_404(request, pk)
    ensure(may_write(viewer, move))
    quiet = request.headers.get("X-Requested-With") == "autosave"
    form = RowForm(request.POST)
    back = None if quiet else redirect("transitions:class_notes")
    if not form.is_valid():
        if back is None:
            return JsonResponse({"errors": form.errors}, status=422)
        messages.error(request, f"{move.pupil.display_name}: a note may have at most 1,000 letters.")
        return back
    try:
        version = save_row(
            move,
            texts=form.texts,
            talk_to_me=form.cleaned_data["talk_to_me"],
            seen_version=form.cleaned_data["version"],
            by=viewer,
            at=timezone.now(),
        )
    except RowConflict as conflict:
        theirs = texts_of(conflict)
        mine = {**request.POST.dict(), "version": str(conflict.version)}
        context = {"move": move, "pupil": move.pupil, "theirs": theirs, "form": RowForm(mine)}
        return render(request, "transitions/row_conflict.html", context, status=409)
    if back is None:
        return JsonResponse({"version": version})
    messages.success(request, f"Saved: {move.pupil.display_name}.")
    return back


@needs(Permission.SHARE_HANDOVERS)
def share_grid(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Check, then share every written row with its child's next school; who cannot go yet is named with the reason."""
    viewer, now = viewer_of(request), timezone.now()
    found = find_grid(request, pk)
    rows = class_rows.rows_of(viewer, found, today=timezone.localdate(now))
    plain = [row for row in rows if not row.is_send]
    written = [row.move for row in plain if row.written]
    if request.method != "POST":
        notes = going(written, by=viewer, at=now)
        context = {
            "grid": found,
            "goes": sum(bool(note.act) for note in notes),
            "new": [note for note in notes if note.act == "share"],
            "changed": [note for note in notes if note.act == "amend"],
            "held_back": [note for note in notes if note.why],
            "unchanged": sum(not note.act and not note.why for note in notes),
            "unwritten": len(plain) - len(written),
        }
        return render(request, "transitions/class_share.html", context)
    outcome = share_class(written, by=viewer, at=now)
    if outcome.shared or outcome.amended:
        messages.success(
            request, f"Shared {outcome.shared} new and {outcome.amended} changed notes with the next schools."
        )
    elif not outcome.held_back:
        messages.info(request, "There is nothing new to share.")
    for move, why in outcome.held_back:
        messages.error(request, f"{move.pupil.display_name}: {why}")
    return redirect("transitions:class_grid", pk=pk)


def find_grid(request: HttpRequest, pk: uuid.UUID) -> class_rows.Grid:
    """A class whose grid the viewer may fill; by the school's own id, that of its children in no class."""
    grids = class_rows.grids_written_by(viewer_of(request), today=timezone.localdate())
    found = next((each for each in grids if each.pk == pk), None)
    if found is None:
        raise Http404
    return found


def initial_of(row: class_rows.Row) -> dict[str, object]:
    return {**row.texts, "version": row.version, "talk_to_me": bool(row.handover and row.handover.talk_to_me)}

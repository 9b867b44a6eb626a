"""The child's page: everything one may know, in reading order, and whose move it is."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from transitions.queries import children, closings, history
from transitions.queries.progress import next_move, track_of
from transitions.queries.standing import book_for
from transitions.rules import (
    may_allot,
    may_manage,
    may_read_own,
    may_receive,
    may_redact,
    may_set_destination,
    may_withdraw,
    may_write,
    stands_on_both_sides,
)
from transitions.views.common import BEFORE, READS, move_or_404, record_opening, unsent
from transitions.views.naming import names_at
from transitions.workflow import HANDOVER


@require_GET
@needs(*READS)
def child(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One child's move. Opening its content is recorded."""
    viewer, now = viewer_of(request), timezone.now()
    move = move_or_404(request, pk)
    handover = children.handover_of(move)
    own_side = handover is not None and may_read_own(viewer, handover)
    sections, version = [], None
    if handover is not None:
        if own_side:
            working = children.working_sections(viewer, handover)
            sections = children.shown_working(working)
        version, earlier = children.last_two(viewer, handover)
        if version is not None and not own_side:
            sections = children.shown_version(version)
            if earlier is not None:
                sections = children.marked(sections, children.changed_kinds(version.body, earlier.body))
        elif version is not None and handover.state not in BEFORE:
            sections = children.marked(sections, unsent(handover, working, version))
        if sections:
            side = handover.school_id if own_side else handover.seen_by
            record_opening(request, handover, side=side, version=version.number if version else 0)
    mets = history.conversations(viewer, handover) if handover else []
    reads = history.receipts(viewer, handover) if handover else []
    schools = {school.pk: school for school in (move.school, move.to_school) if school}
    today = timezone.localdate(now)
    book = book_for(schools, {}, today=today)
    turn = next_move(
        move,
        handover,
        calendars=book.calendars,
        duties=book.duties,
        today=today,
        planned_on=history.planned_on(mets),
    )
    allots = handover is not None and may_allot(viewer, handover)
    classes = children.classes_of(viewer, move, allots=allots)
    closed = closings.of_move(viewer, move)
    moves = HANDOVER.open_to(handover.state, viewer, handover) if handover else []
    return render(
        request,
        "transitions/child.html",
        {
            "move": move,
            "pupil": move.pupil,
            "handover": handover,
            "own_side": own_side,
            "reads_content": children.reads_content(viewer, move),
            "sections": sections,
            "version": version,
            "track": track_of(move, handover, turn),
            "turn": turn,
            "who": turn.who_for(viewer),
            "changed_since": own_side and any(section.changed for section in sections),
            "open_moves": {each.name for each in moves},
            "has_come": move.moves_on <= today,
            "may_write": may_write(viewer, move),
            "may_set_destination": may_set_destination(viewer, move),
            "may_withhold": handover is not None and may_withdraw(viewer, handover),
            "may_manage": may_manage(viewer, move),
            "may_rectify": handover is not None and may_redact(viewer, handover),
            "may_receive": handover is not None and version is not None and may_receive(viewer, handover),
            "both_sides": handover is not None and stands_on_both_sides(viewer, handover),
            "received": history.receipt_of(viewer, handover, reads) if handover else None,
            "receipts": reads,
            "mets": mets,
            "may_name": names_at(viewer, handover) is not None,
            "closed_places": closed,
            "history": history.history(viewer, move, handover, reads, closed),
            "class_now": classes.now,
            "class_next": classes.following,
            "may_allot": allots,
            "class_choices": classes.choices,
            "leaving_side": viewer.may(Permission.SEE_PUPILS, move.school_id)
            or viewer.may(Permission.TEACH, move.school_id),
        },
    )

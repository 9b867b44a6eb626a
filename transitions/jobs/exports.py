"""Making a board into a file: always as the person who asked, by what they may see at that moment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import QueryDict
from django.utils import timezone

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.csvsafe import CsvFile
from partnership.lib.xlsxsafe import XlsxFile
from partnership.outbox.jobs import JobLost, JobRefused, JobRun
from transitions.actions.exports import BROKE, MOVED, ExportRefused, fail_export, keep_export
from transitions.enums import ExportFormat
from transitions.filters import BoardFilter
from transitions.models import Export
from transitions.queries.boards import EXPORT_HEADER, EXPORT_WIDTHS, export_rows, rows_of
from transitions.queries.exports import SIDES, export_for, is_making
from transitions.queries.lines import Board, Line

AT_ONCE = 2000
"""Children read whole in one transaction; between two of them the person's rights are asked anew."""
NO_POST = "You no longer hold a post by which you see this list, so no file was made."


class File(Protocol):
    def add(self, rows: Any) -> None: ...
    def content(self) -> bytes: ...


class Gone(Exception):
    """Nobody waits for the file any more."""


def make_file(run: JobRun) -> dict[str, Any]:
    """Make one file. Begun again after a crash it starts from nothing, and of two workers one keeps what it made."""
    export_id = uuid.UUID(str(run.input["export"]))
    try:
        return {"children": make(run, export_id)}
    except Gone:
        return {"state": "gone"}
    except JobLost:
        raise
    except (ExportRefused, JobRefused) as refusal:
        fail_export(export_id=export_id, reason=str(refusal))
        raise JobRefused(str(refusal)) from None
    except Exception:
        fail_export(export_id=export_id, reason=BROKE)
        raise


@dataclass(frozen=True, slots=True)
class Plan:
    """Who stands in the file, in the order of the board; each is read whole later, by what may be seen then."""

    export: Export
    lines: Sequence[Line]
    board: Board


def make(run: JobRun, export_id: uuid.UUID) -> int:
    with run.acting() as viewer:
        plan = planned(viewer, export_id)
    file: File = (
        CsvFile(EXPORT_HEADER)
        if plan.export.format == ExportFormat.CSV
        else XlsxFile(plan.export.get_board_display(), EXPORT_HEADER, EXPORT_WIDTHS)
    )
    moves: list[uuid.UUID] = []
    run.progress(0, len(plan.lines))
    for start in range(0, len(plan.lines), AT_ONCE):
        with run.acting() as viewer:
            ensure_wanted(viewer, plan.export)
            try:
                rows = rows_of(viewer, plan.lines[start : start + AT_ONCE], plan.board)
            except KeyError:  # a child now goes to a school that was not on the board
                raise ExportRefused(MOVED) from None
            file.add(export_rows(rows))
            moves += [row.transition.pk for row in rows]
        run.progress(len(moves), len(plan.lines))
    content = file.content()
    with run.acting() as viewer:
        ensure_wanted(viewer, plan.export)
        if not keep_export(export_id=export_id, content=content, moves=moves, by=viewer, at=timezone.now()):
            raise Gone
    return len(moves)


def planned(viewer: Viewer, export_id: uuid.UUID) -> Plan:
    export = export_for(viewer, export_id)
    if export is None:
        raise Gone
    ensure_wanted(viewer, export)
    asked = QueryDict(export.asked)
    found = BoardFilter(asked, viewer=viewer, side=SIDES[export.board], today=timezone.localdate())
    if set(found.asked) != set(asked):
        raise JobRefused("The list can no longer be narrowed as you asked. Open it and export it again.")
    whole = found.board()
    return Plan(export, [line for line in whole.lines if found.keeps(line)], whole)


def ensure_wanted(viewer: Viewer, export: Export) -> None:
    """The person may still export this board, and still wants to. Raises JobRefused, or Gone."""
    school = export.organisation_id
    if not (viewer.may(Permission.SEE_PROGRESS, school) if school else viewer.has(Permission.SEE_PROGRESS)):
        raise JobRefused(NO_POST)
    if not is_making(viewer, export.pk):
        raise Gone

"""Files on their way in, as a viewer may see them: theirs to import at that organisation, or not there at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from partnership.access.viewer import Viewer
from partnership.outbox.models import Job
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.models import Import, ImportRow, Organisation
from schools.rules import IMPORTED_WITH, may_import

LISTED = (RowOutcome.UNDECIDED, RowOutcome.REFUSED, RowOutcome.CHANGED, RowOutcome.NEW)
"""Rows worth looking at, the most pressing first. What stays as it is, and what is not kept, is only counted."""

REFUSED_HEADER = ("Line", "Column", "Value", "Reason")


@dataclass(frozen=True, slots=True)
class RowView:
    """One staged row as the preview shows it."""

    id: int
    line: int
    title: str
    detail: str
    changes: tuple[tuple[str, str, str], ...]
    problems: tuple[dict[str, Any], ...]
    choices: tuple[dict[str, Any], ...]
    decision: str


def imports_for(viewer: Viewer) -> QuerySet[Import]:
    """Past and present files of the viewer's organisations, the newest first."""
    mine = [Q(kind=kind, organisation__in=reach_for(viewer, kind)) for kind in IMPORTED_WITH]
    found = Import.objects.visible_to(viewer).filter(reduce(or_, mine))
    return found.select_related("organisation", "by", "applied_by").order_by("-at", "pk")


def import_for(viewer: Viewer, pk: uuid.UUID) -> Import | None:
    """One file; None where it is not the viewer's to see."""
    found = Import.objects.visible_to(viewer).filter(pk=pk)
    importing = found.select_related("organisation", "by", "applied_by").first()
    if importing is None or not may_import(viewer, importing.kind, importing.organisation_id):
        return None
    return importing


def job_of(importing: Import) -> Job | None:
    """The work that reads the file, for its progress: the import itself came from `import_for`."""
    return Job.objects.filter(pk=importing.job_id).first() if importing.job_id else None


def rows_for(importing: Import, outcome: str) -> QuerySet[ImportRow]:
    """The rows of one outcome, in the file's order. The import came from `import_for`, which asked the viewer's right.

    Rows decided by hand stay with the undecided until the file is applied, so that they can be decided again."""
    if outcome == RowOutcome.UNDECIDED:
        asked = Q(outcome=RowOutcome.UNDECIDED) | Q(data__has_key="choices")
        return importing.rows.filter(asked).order_by("line")
    return importing.rows.filter(outcome=outcome).order_by("line")


def shown(rows: Iterable[ImportRow]) -> list[RowView]:
    """Rows in the preview's shape."""
    return [
        RowView(
            id=row.pk,
            line=row.line,
            title=str(row.data.get("show", {}).get("title", "")),
            detail=str(row.data.get("show", {}).get("detail", "")),
            changes=tuple((label, before, after) for label, (before, after) in row.changes.items()),
            problems=tuple(row.problems),
            choices=tuple(row.data.get("choices", ())),
            decision=str(row.data.get("decision", "")),
        )
        for row in rows
    ]


def asked_about(importing: Import) -> int:
    """How many rows a person was or is asked about."""
    return rows_for(importing, RowOutcome.UNDECIDED).count()


def refused_rows(importing: Import) -> list[tuple[Any, ...]]:
    """Every fault of every row that does not go in, for the spreadsheet."""
    rows = importing.rows.filter(outcome__in=[RowOutcome.REFUSED, RowOutcome.UNDECIDED]).order_by("line")
    return [
        (fault["line"], fault["column"], fault["value"], fault["reason"])
        for row in rows
        for fault in row.problems
    ]


def organisations_for(viewer: Viewer, kind: str) -> list[Organisation]:
    """Where the viewer holds a post by which they may read such files in."""
    ids = {post.organisation_id for post in viewer.posts if may_import(viewer, kind, post.organisation_id)}
    return list(Organisation.objects.filter(pk__in=ids).by_name())


def kinds_for(viewer: Viewer) -> list[ImportKind]:
    """The kinds of file the viewer may read in somewhere."""
    posts = {post.organisation_id for post in viewer.posts}
    return [kind for kind in ImportKind if any(may_import(viewer, kind, each) for each in posts)]


def reach_for(viewer: Viewer, kind: str) -> set[uuid.UUID]:
    """The organisations whose files of this kind the viewer may see."""
    permissions: Sequence[Any] = IMPORTED_WITH.get(kind, ())
    return {each for permission in permissions for each in viewer.reach(permission)}


WAITING = (ImportState.QUEUED, ImportState.READING)

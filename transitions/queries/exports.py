"""Boards as files, as the person who asked for them sees them: theirs alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Func, QuerySet

from partnership.access.viewer import Viewer
from partnership.outbox.models import Job
from transitions.enums import BoardName, ExportState
from transitions.models import Export, ExportFile, Transition
from transitions.queries.progress import Side

SIDES: Mapping[str, Side] = {BoardName.LEAVING: Side.PRESENT, BoardName.JOINING: Side.NEXT}
HOUR = timedelta(hours=1)
AT_ONCE = 5000
"""Ids asked about in one statement."""


def exports_for(viewer: Viewer) -> QuerySet[Export]:
    """What the viewer asked for, the newest first."""
    return Export.objects.visible_to(viewer).order_by("-at", "pk")


def export_for(viewer: Viewer, pk: uuid.UUID) -> Export | None:
    """One of them; None where it is somebody else's."""
    return Export.objects.visible_to(viewer).filter(pk=pk).first()


def job_of(export: Export) -> Job | None:
    """The work that makes the file, for its progress: the export itself came from `export_for`."""
    return Job.objects.filter(pk=export.job_id).first() if export.job_id else None


def waits_until(viewer: Viewer, *, at: datetime) -> datetime | None:
    """When the viewer may ask for the next file; None where it may be now (`EXPORTS_AN_HOUR`)."""
    lately = exports_for(viewer).filter(at__gt=at - HOUR).values_list("at", flat=True)
    most = settings.EXPORTS_AN_HOUR
    full = list(lately[most - 1 : most])
    return full[0] + HOUR if full else None


def is_making(viewer: Viewer, pk: uuid.UUID) -> bool:
    """Whether the file is still wanted."""
    return Export.objects.visible_to(viewer).filter(pk=pk, state=ExportState.MAKING).exists()


def all_seen(viewer: Viewer, moves: Sequence[uuid.UUID]) -> bool:
    """Whether the viewer sees each of these moves by name, now."""
    seen = Transition.objects.visible_to(viewer)
    some = (moves[start : start + AT_ONCE] for start in range(0, len(moves), AT_ONCE))
    return all(seen.filter(pk__in=each).count() == len(each) for each in some)


def still_theirs(viewer: Viewer, export: Export) -> bool:
    """Whether the viewer still sees every child who stands in the file. Nothing of the file is read for it."""
    moves = ExportFile.objects.filter(of=export).annotate(move=Func(F("moves"), function="unnest"))
    seen = Transition.objects.visible_to(viewer).filter(pk__in=moves.values("move"))
    return seen.count() == export.rows

"""A board as a file: asked for, kept, fetched once, cancelled, gone when its time is over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils import timezone

from partnership.access.guards import user_id_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.lib.once import UsedElsewhere, make_once
from partnership.lib.xlsxsafe import clear_abandoned
from partnership.outbox.enums import JobState
from partnership.outbox.jobs import start_job
from partnership.outbox.models import Job
from schools.queries.duties import NoSuchDuty, duty
from transitions.enums import BoardName, ExportFormat, ExportState
from transitions.models import Export, ExportFile
from transitions.queries.exports import all_seen, still_theirs, waits_until

EXPORT_JOB = "transitions.export"
WAITING = (ExportState.MAKING, ExportState.READY)
CHANGED = "Some of these children are no longer yours to see, so the file was not given out. Make it anew."
MOVED = "The list changed while the file was made. Make it anew."
BROKE = "Something went wrong on our side while the file was made."


class ExportRefused(Exception):
    """No file is made or given out; the text is one sentence for whoever asked."""


def ask_export(
    *, id: uuid.UUID, board: BoardName, format: ExportFormat, asked: str, by: Viewer, at: datetime
) -> Export:
    """Have a board made into a file. `id` comes with the form: posting it twenty times asks for one.

    ExportRefused where the person has asked for as many as one may in an hour."""
    user_id = user_id_of(by)
    here = by.reach(Permission.SEE_PROGRESS)
    school = next(iter(here)) if len(here) == 1 else None
    with transaction.atomic():
        one_at_a_time(user_id)
        wait = waits_until(by, at=at)
        kept = kept_for(school, at=at)
        try:
            export, made = make_once(
                Export.objects, id, board=board, format=format, asked=asked, by_id=user_id, at=at,
                expires_at=at + kept, organisation_id=school,
            )  # fmt: skip
        except UsedElsewhere:
            raise ExportRefused("This form was used already: open the page again.") from None
        if not made:
            return export
        if wait:
            raise ExportRefused(too_many(wait))
        export.job_id = start_job(EXPORT_JOB, by=user_id, input={"export": str(export.pk)}).pk
        export.save(update_fields=["job_id"])
        note("export.asked", export, at=at)
    return export


def kept_for(organisation_id: uuid.UUID | None, *, at: datetime) -> timedelta:
    """How long a file waits to be fetched: a duty, which a partnership may set for itself."""
    try:
        return duty("export_kept", on=timezone.localdate(at), organisation_id=organisation_id).span
    except (NoSuchDuty, ValueError):
        raise ExportRefused("How long a file is kept is not set: ask your coordinator.") from None


def too_many(wait: datetime) -> str:
    """What somebody is told who has asked for as many files as one may."""
    return (
        "You have asked for as many files as one person may in an hour. "
        f"You can ask for the next one at {timezone.localtime(wait):%H:%M}."
    )


def one_at_a_time(user_id: uuid.UUID) -> None:
    """Two presses of one person are counted one after the other; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"export:{user_id}"])


def keep_export(
    *, export_id: uuid.UUID, content: bytes, moves: Sequence[uuid.UUID], by: Viewer, at: datetime
) -> bool:
    """Keep the finished file, in its maker's own context. False where it was cancelled, or finished by another worker.

    ExportRefused where one of the children was taken from their sight while it was made."""
    with transaction.atomic():
        making = Export.objects.visible_to(by).filter(pk=export_id, state=ExportState.MAKING)
        if not making.update(state=ExportState.READY, rows=len(moves)):
            return False
        if not all_seen(by, moves):
            raise ExportRefused(MOVED)
        ExportFile(of_id=export_id, content=content, moves=list(moves)).save(force_insert=True)
        note("export.made", Export.objects.get(pk=export_id), at=at)
    return True


def fetch_export(*, export_id: uuid.UUID, by: Viewer, at: datetime) -> bytes | None:
    """Hand the file out, once: of two who press at the same moment one gets it. None where there is none to get.

    A file with a child whom its maker no longer sees is given to nobody."""
    with transaction.atomic():
        ready = Export.objects.visible_to(by).filter(pk=export_id, state=ExportState.READY, expires_at__gt=at)
        if not ready.update(state=ExportState.FETCHED):
            return None
        export = Export.objects.get(pk=export_id)
        files = ExportFile.objects.filter(of=export)
        content = files.values_list("content", flat=True).first() if still_theirs(by, export) else None
        files.delete()
        if content is None:
            export.state, export.reason = ExportState.FAILED, CHANGED
            export.save(update_fields=["state", "reason"])
            return None
        note("board.exported", export, at=at)
    return bytes(content)


def cancel_export(*, export_id: uuid.UUID, by: Viewer, at: datetime) -> None:
    """The file is not wanted any more; what was made of it goes. Nothing happens where it was fetched meanwhile."""
    with transaction.atomic():
        waiting = Export.objects.visible_to(by).filter(pk=export_id, state__in=WAITING)
        if waiting.update(state=ExportState.CANCELLED):
            ExportFile.objects.filter(of_id=export_id).delete()
            note("export.cancelled", Export.objects.get(pk=export_id), at=at)


def fail_export(*, export_id: uuid.UUID, reason: str) -> None:
    """It will not be made: whoever asked is told why, and nobody waits for it."""
    Export.objects.filter(pk=export_id, state=ExportState.MAKING).update(
        state=ExportState.FAILED, reason=reason[:500]
    )


def delete_outdated(*, at: datetime) -> int:
    """What the clock takes: files whose time is over or that nobody may have, and, after as long again, that they were
    asked for. Of work that was given up it is told. Returns how many were cleared."""
    given_up = Job.objects.filter(kind=EXPORT_JOB, state=JobState.FAILED).values("pk")
    making = Export.objects.filter(state=ExportState.MAKING, job_id__in=given_up)
    for export_id in list(making.values_list("pk", flat=True)):
        fail_export(export_id=export_id, reason=BROKE)
    over = Export.objects.filter(expires_at__lte=at)
    cleared = over.filter(state__in=WAITING).update(state=ExportState.EXPIRED)
    waiting = Export.objects.filter(state__in=WAITING)
    ExportFile.objects.exclude(of__in=waiting.values("pk")).delete()
    times = over.values_list("pk", "at", "expires_at")
    old = [pk for pk, asked_at, expires_at in times if at - expires_at >= expires_at - asked_at]
    Export.objects.filter(pk__in=old)._raw_delete(DEFAULT_DB_ALIAS)
    return cleared + len(old) + clear_abandoned(at=at)


def note(kind: str, export: Export, *, at: datetime) -> None:
    facts = {"board": export.board, "format": export.format, "children": export.rows}
    record(kind, by=export.by_id, subject=export, organisation=export.organisation_id, at=at, facts=facts)

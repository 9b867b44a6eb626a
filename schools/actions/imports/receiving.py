"""A file arrives: it is kept for at most a day, and a job is begun that reads it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from partnership.audit.models import record
from partnership.lib.once import UsedElsewhere, make_once
from partnership.outbox.jobs import start_job
from schools.actions.imports.base import ImportRefused
from schools.actions.imports.staging import STAGE_JOB
from schools.enums import ImportKind
from schools.models import Import, ImportFile

MOST_BYTES = 10 * 1024 * 1024
KEPT_FOR = timedelta(hours=24)
"""Practice P4: an uploaded file is deleted on apply or after 24 hours."""


class OtherForm(ImportRefused):
    """The form's id is that of another school's file."""


class TooLarge(ImportRefused):
    """More than an upload may weigh."""


def receive_file(
    *,
    id: uuid.UUID,
    kind: ImportKind,
    organisation_id: uuid.UUID | None,
    file_name: str,
    content: bytes,
    options: Mapping[str, Any],
    by: uuid.UUID,
    at: datetime,
) -> Import:
    """Keep the file and begin to read it. `id` comes with the form: posting it twenty times makes one import."""
    if len(content) > MOST_BYTES:
        raise TooLarge(
            "The file is larger than 10 MB: an extract of one LA, or the service's zip, is smaller."
        )
    with transaction.atomic():
        try:
            importing, made = make_once(
                Import.objects,
                id,
                kind=kind,
                organisation_id=organisation_id,
                by_id=by,
                at=at,
                file_name=file_name[:200],
                size=len(content),
                options=dict(options),
            )
        except UsedElsewhere:
            raise OtherForm("This form was used for another file already: open the page again.") from None
        if not made:
            return importing
        ImportFile.objects.create(of=importing, content=content, delete_after=at + KEPT_FOR)
        importing.job_id = start_job(STAGE_JOB, by=by, input={"import": str(importing.pk)}).pk
        importing.save(update_fields=["job_id"])
        record(
            "import.received",
            by=by,
            subject=importing,
            organisation=organisation_id,
            at=at,
            facts={"kind": kind},
        )
    return importing

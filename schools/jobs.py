"""Long work of the shared ground: reading a file, and forgetting what is a day old."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from partnership.outbox import housekeeping, jobs
from partnership.outbox.jobs import JobLost, JobRun
from schools.actions.codes import sweep_codes
from schools.actions.imports import STAGE_JOB, delete_outdated, fail_import, register, stage_import
from schools.actions.imports.gias import GiasImporter
from schools.actions.imports.links import GroupLinksImporter, LinksImporter
from schools.actions.imports.staff import StaffImporter


def read_file(run: JobRun) -> dict[str, Any]:
    """Read one uploaded file into rows. Whatever goes wrong on our side leaves it refused, never half-read."""
    import_id = uuid.UUID(str(run.input["import"]))
    try:
        importing = stage_import(import_id=import_id, at=timezone.now(), progress=run.progress)
    except JobLost:
        raise
    except Exception:
        fail_import(import_id=import_id, at=timezone.now())
        raise
    return {"state": importing.state if importing else "gone"}


for importer in (GiasImporter(), LinksImporter(), GroupLinksImporter(), StaffImporter()):
    register(importer)
jobs.register(STAGE_JOB, read_file)
housekeeping.register("schools.imports", delete_outdated)
housekeeping.register("schools.codes", sweep_codes)

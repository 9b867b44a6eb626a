"""Files that come in: staged by a job, previewed, applied in one short transaction. Preview and apply read the same rows."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.models.organisations import Organisation


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, viewer: Viewer) -> ImportQuerySet:
        """Files for organisations the viewer imports for. A coordinator's are those without pupils (practice P6)."""
        return self.filter(
            models.Q(organisation__in=viewer.reach(Permission.IMPORT_FILES))
            | models.Q(
                kind__in=[ImportKind.GIAS, ImportKind.GIAS_LINKS, ImportKind.GROUP_LINKS, ImportKind.STAFF],
                organisation__in=viewer.reach(Permission.COORDINATE),
            )
        )


class Import(models.Model):
    """One file on its way in. `counts` holds rows by outcome; `warnings` and `reason` are sentences for the reader."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=ImportKind)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.QUEUED)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="imports"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(default=0)
    options = models.JSONField(default=dict, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    job_id = models.UUIDField(null=True, editable=False)
    """The job that reads it, for its progress; jobs are cleared away before imports are, so this is no foreign key."""
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"], name="import_organisation_at")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"


class ImportFile(models.Model):
    """The bytes as they came: deleted on apply, on discard, or after 24 hours (practice P4)."""

    of = models.OneToOneField(Import, primary_key=True, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()
    delete_after = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"File of {self.of_id}"


class ImportRow(models.Model):
    """One row as it would be applied, with what is wrong with it. Emptied of facts when applied or discarded."""

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=RowOutcome)
    key = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    """[{"line": 12, "column": "UPN", "value": "A123", "reason": "…"}]"""
    target_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "line"], name="import_row_line_unique")]
        indexes = [models.Index(fields=["of", "outcome", "line"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"Row {self.line}"

"""Files that came in: how far, how many, and for files without children the reason. Never a row of any file (P6)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from partnership.access import rls
from partnership.outbox.models import Job
from partnership.ui.admin import AdminViewer, ViewerAdmin
from partnership.ui.admin_filters import AsSeenFilter
from schools.admin import reach
from schools.enums import ImportState, RowOutcome
from schools.models import Import
from schools.rules import ABOUT_PUPILS


def as_it_stands(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page of the desk that shows how files stand; it is rendered while the database lets it see that."""

    @wraps(view)
    def page(*args: Any, **kwargs: Any) -> HttpResponseBase:
        with rls.widened(standing="on"):
            response = view(*args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

    return page


@admin.register(Import)
class ImportAdmin(ViewerAdmin):
    """Progress and counts. Of a file that names children not even its name is shown: people name files after a child."""

    desk = ("Moves and files", 21)
    noun = "files brought in"
    intro = "What was brought in, how far it is, and how many rows. What a file says is seen by whoever brought it in."
    list_display = ("kind", "organisation", "stands", "progress", "outcome", "by", "at")
    list_filter = ("kind", "state", ("organisation", AsSeenFilter))
    list_select_related = ("organisation", "by")
    search_fields = ("organisation__name",)
    date_hierarchy = "at"
    ordering = ("-at", "pk")
    fields = (
        "kind",
        "organisation",
        "named",
        "stands",
        "progress",
        "outcome",
        "why",
        "by",
        "at",
        "applied_by",
        "applied_at",
    )
    readonly_fields = fields

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Import]:
        """All kinds, so that a coordinator can help a school that is stuck; contents and warnings are never read."""
        job = Job.objects.filter(pk=OuterRef("job_id"))
        rows = Import.objects.defer("facts", "options", "warnings")
        counted = rows.annotate(
            job_done=Subquery(job.values("done")[:1]), job_total=Subquery(job.values("total")[:1])
        )
        return reach.within(counted, viewer)

    changelist_view = as_it_stands(ViewerAdmin.changelist_view)
    changeform_view = as_it_stands(ViewerAdmin.changeform_view)
    history_view = as_it_stands(ViewerAdmin.history_view)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """A row is named after its file in titles and history: so the name of one about children is taken away here."""
        row = super().get_object(request, object_id, from_field)
        if row is not None and row.kind in ABOUT_PUPILS:
            row.file_name = "a file about children"
        return row

    @admin.display(description="file")
    def named(self, row: Import) -> str:
        return "Not shown" if row.kind in ABOUT_PUPILS else row.file_name

    @admin.display(description="state", ordering="state")
    def stands(self, row: Import) -> str:
        return str(ImportState(row.state).label)

    @admin.display(description="read so far")
    def progress(self, row: Any) -> str:
        return f"{row.job_done} of {row.job_total}" if row.job_total else ""

    @admin.display(description="rows")
    def outcome(self, row: Import) -> str:
        """'12 new, 1 refused'."""
        counts = {key: value for key, value in row.counts.items() if isinstance(value, int) and value}
        known = [(RowOutcome(key).label, value) for key, value in counts.items() if key in RowOutcome.values]
        return ", ".join(f"{value} {label.lower()}" for label, value in known)

    @admin.display(description="reason")
    def why(self, row: Import) -> str:
        if not row.reason:
            return ""
        return "The school’s office sees the reason" if row.kind in ABOUT_PUPILS else row.reason

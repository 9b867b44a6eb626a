"""What was done with sealed records: for the data protection officer alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from partnership.access.guards import needs, user_id_of, viewer_of
from partnership.access.permissions import Permission
from partnership.audit.models import record
from schools.queries.sealed import sealed_records


@require_GET
@needs(Permission.SEE_SEALED)
def sealed(request: HttpRequest) -> HttpResponse:
    """Each sealed record with its audit, by ids and without names. Opening it is recorded."""
    viewer = viewer_of(request)
    records = sealed_records(viewer)
    if records:
        record("sealed.opened", by=user_id_of(viewer), at=timezone.now(), facts={"records": len(records)})
    return render(request, "schools/sealed.html", {"records": records})

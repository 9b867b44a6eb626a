"""The map of institutions by phase, with the same schools as a list beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from partnership.access.guards import needs, viewer_of
from partnership.access.permissions import Permission
from schools.enums import PhaseGroup
from schools.filters import Scope
from schools.queries import boundary, directory

if TYPE_CHECKING:
    from schools.models import Organisation

AT_MOST = 1000
"""Markers on one map: more can neither be told apart nor read as a list."""


@require_GET
@needs(Permission.SEE_DIRECTORY)
def school_map(request: HttpRequest) -> HttpResponse:
    """Without a filter in the address: the viewer's own partnership, else every open school."""
    viewer, today = viewer_of(request), timezone.localdate()
    asked = request.GET.copy()
    if not asked.get("la") and "partnership" not in asked:
        home = directory.own_partnership(viewer, on=today)
        asked["partnership"] = str(home.pk) if home else ""
    found = Scope(asked, viewer=viewer, today=today)
    schools = list(found.qs[: AT_MOST + 1])
    shown = schools[:AT_MOST]
    chosen = set(asked.getlist("phase")) & set(PhaseGroup.values) or set(PhaseGroup.values)
    context = {
        "form": found.form,
        "phases": [
            {
                "value": group.value,
                "label": group.label,
                "schools": of_phase(shown, group),
                "chosen": group in chosen,
            }
            for group in PhaseGroup
        ],
        "shown": len(shown),
        "placed": sum(1 for each in shown if each.latitude is not None and each.longitude is not None),
        "too_many": len(schools) > AT_MOST,
        "map": boundary.map_settings(viewer),
    }
    return render(request, "schools/directory/map.html", context)


def of_phase(schools: list[Organisation], group: PhaseGroup) -> list[Organisation]:
    """The schools of one group; one that GIAS gives no phase is among the others."""
    return [each for each in schools if (each.phase_group or PhaseGroup.OTHER) == group]

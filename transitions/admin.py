"""Progress of moves, for coordinators: reference, pair of schools, boundary, step and dates; no child (practice P6)."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from partnership.access.viewer import Viewer
from partnership.lib.dates import SchoolCalendar
from partnership.ui.admin import AdminViewer, ViewerAdmin
from partnership.ui.admin_filters import AsSeenFilter
from partnership.ui.morning import AT_MOST, Line, Matter, register
from schools.queries.calendars import calendars_for
from schools.queries.duties import duties_for
from transitions.enums import DestinationState, HandoverState
from transitions.models import Transition
from transitions.queries.progress import open_moves
from transitions.queries.tally import tallying, with_progress

SHOWN = (
    "id", "reference", "school", "to_school", "seen_by", "elsewhere", "boundary", "entry_year", "moves_on",
    "destination_state", "destination_on", "school__name", "to_school__name", "handover__id", "handover__state",
    "handover__transition_id", "handover__shared_at", "handover__received_at", "handover__met_on",
    "handover__accepted_at", "handover__settled_at",
)  # fmt: skip
"""All that these pages read. The pupil's key is not among it, nor what kind of handover it is: that tells of a need."""


class Step(admin.SimpleListFilter):
    """Where moves stand."""

    title = "step"
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("place", "Next school not known"), ("none", "No handover"), *HandoverState.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case None:
                return queryset
            case "place":
                return queryset.filter(
                    destination_state__in=[DestinationState.NONE, DestinationState.WITHDRAWN]
                )
            case "none":
                return queryset.filter(handover__isnull=True)
        return queryset.filter(handover__state=self.value())


@admin.register(Transition)
class TransitionAdmin(ViewerAdmin):
    """One line a move."""

    desk = ("Moves and files", 20)
    intro = "How far moves are, by reference. Names and needs stay with the schools: ring the office and say the reference."
    list_display = (
        "reference",
        "school",
        "next_school",
        "boundary",
        "step",
        "moves_on",
        "shared",
        "received",
        "met",
    )
    list_filter = ("boundary", Step, "entry_year", ("school", AsSeenFilter))
    search_fields = ("reference", "school__name", "to_school__name")
    date_hierarchy = "moves_on"
    ordering = ("moves_on", "school__name_key", "reference")
    fields = (
        "reference", "school", "next_school", "boundary", "entry_year", "moves_on", "step", "shared", "received",
        "met", "accepted", "settled",
    )  # fmt: skip
    readonly_fields = fields

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Transition]:
        rows = Transition.objects.progress_visible_to(cast(Viewer, viewer))
        return rows.select_related("school", "to_school", "handover").only(*SHOWN)

    def organisation_of(self, row: Transition) -> uuid.UUID:
        return row.school_id

    @admin.display(description="next school", ordering="to_school__name_key")
    def next_school(self, row: Transition) -> str:
        if row.to_school is not None:
            return row.to_school.name
        return "Elsewhere" if row.elsewhere else "Not known yet"

    @admin.display(description="step")
    def step(self, row: Transition) -> str:
        handover = getattr(row, "handover", None)
        if handover is not None and handover.state != HandoverState.DRAFT:
            return str(HandoverState(handover.state).label)
        if not row.has_destination:
            return "Next school not known"
        return "Being written" if handover is not None else "Not begun"

    @admin.display(description="shared")
    def shared(self, row: Transition) -> Any:
        return day(row, "shared_at")

    @admin.display(description="received")
    def received(self, row: Transition) -> Any:
        return day(row, "received_at")

    @admin.display(description="talked over")
    def met(self, row: Transition) -> Any:
        return getattr(getattr(row, "handover", None), "met_on", None)

    @admin.display(description="accepted")
    def accepted(self, row: Transition) -> Any:
        return day(row, "accepted_at")

    @admin.display(description="settled")
    def settled(self, row: Transition) -> Any:
        return day(row, "settled_at")


def day(row: Transition, name: str) -> Any:
    """The day of one of the handover's times."""
    at = getattr(getattr(row, "handover", None), name, None)
    return timezone.localtime(at).date() if at else None


@register
def late_by_pair(viewer: AdminViewer, now: datetime) -> Matter:
    """How many moves are late between which two schools; no name, no reference, no kind."""
    today = timezone.localtime(now).date()
    mine = Transition.objects.progress_visible_to(cast(Viewer, viewer))
    open_ones = mine.exclude(handover__state=HandoverState.SETTLED).order_by("school__name_key", "pk")
    with tallying(cast(Viewer, viewer)):
        rows = list(with_progress(open_ones))
    schools = {row.school_id for row in rows} | {row.to_school_id for row in rows if row.to_school_id}
    calendars: dict[uuid.UUID, SchoolCalendar] = dict(calendars_for(schools)) if schools else {}
    duties = duties_for(schools, on=today)
    pairs: Counter[tuple[str, str]] = Counter()
    for row in rows:
        handover = getattr(row, "handover", None)
        moves = open_moves(row, handover, calendars=calendars, duties=duties, today=today)
        if any(move.late for move in moves):
            pairs[row.school.name, row.to_school.name if row.to_school else ""] += 1
    listed = reverse("admin:transitions_transition_changelist")
    lines = [
        Line(
            f"{here} to {there}" if there else f"{here}, next school not known",
            "",
            "",
            "red",
            f"{number} late",
        )
        for (here, there), number in pairs.most_common()
    ]
    return Matter(
        "Late between schools", lines[:AT_MOST], "Nothing is late between your schools.", order=10, href=listed,
        more=max(0, len(lines) - AT_MOST),
    )  # fmt: skip

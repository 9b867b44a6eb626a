"""Sessions: planned as drafts, offered together, copied, called off on a page of its own."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpd.actions import keeping
from cpd.admin.seen import seen
from cpd.enums import SessionState
from cpd.models import Session
from partnership.ui.admin import AdminViewer, Tool, ViewerAdmin, viewer_of
from schools.admin import reach

WHEN_AND_WHERE = frozenset({"starts_at", "ends_at", "venue", "room", "online_at"})
"""What is in people's calendars: a change of it is told."""


@admin.register(Session)
class SessionAdmin(ViewerAdmin):
    """When and where; how many, and who first."""

    desk = ("CPD", 41)
    intro = "Plan as drafts, offer them together. Whoever is booked is told at once when a session moves or is called off."
    list_display = ("name", "starts_at", "venue", "room", "leader", "capacity", "booked", "state")
    list_filter = ("state", "programme")
    list_select_related = ("programme", "venue", "facilitator")
    search_fields = ("title", "programme__title", "venue__name")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "pk")
    autocomplete_fields = ("venue", "facilitator")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    actions = ("offer_them", "copy_a_week", "copy_two_weeks", "copy_six_weeks", "copy_seven_weeks")
    fieldsets = (
        (None, {"fields": ("programme", "title", "state", "starts_at", "ends_at")}),
        ("Where", {"fields": ("venue", "room", "online_at", "access")}),
        ("Who leads it", {"fields": ("facilitator", "led_by", "bring", "materials")}),
        ("Places", {"fields": ("capacity", "share_cap", "share_until", "minimum", "decide_on")}),
        ("Booking", {"fields": ("opens_at", "closes_at", "cancel_days")}),
    )

    def get_form(
        self, request: HttpRequest, obj: Session | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The state is shown and changes by buttons. It stays a field, since the constraints on clashes ask for it."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if "state" in form.base_fields:
            form.base_fields["state"].disabled = True
        return form

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Session]:
        live = Count("bookings", filter=Q(bookings__cancelled_at__isnull=True))
        return Session.objects.kept_by(seen(viewer)).annotate(live=live)

    def may_add(self, viewer: AdminViewer) -> bool:
        return bool(reach.coordinated(viewer))

    def may_change(self, viewer: AdminViewer, row: Session | None) -> bool:
        return row is None or (
            row.partnership_id in reach.coordinated(viewer) and row.state != SessionState.CALLED_OFF
        )

    def organisation_of(self, row: Session) -> uuid.UUID:
        return row.partnership_id

    @admin.display(description="booked")
    def booked(self, row: Any) -> int:
        return int(row.live)

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        moved = change and obj.state == SessionState.OFFERED and WHEN_AND_WHERE & set(form.changed_data)
        if moved:
            obj.revision += 1
        super().save_model(request, obj, form, change)
        if moved:
            keeping.tell_moved(obj, at=timezone.now())
            self.message_user(request, "Everybody who is booked is told of the new time or place.")

    def tools(self, viewer: AdminViewer, row: Session) -> list[Tool]:
        found = [Tool("Its page", reverse("cpd:session", args=[row.pk]))]
        if row.state == SessionState.OFFERED:
            found.append(Tool("Its register", reverse("cpd:register", args=[row.pk])))
        if row.state == SessionState.OFFERED and row.ends_at > timezone.now():
            found.append(Tool("Call it off", reverse("cpd:call_off", args=[row.pk])))
            if row.minimum:
                found.append(Tool("Go or no go", reverse("cpd:decide", args=[row.pk])))
        return found

    @admin.action(description="Offer the chosen drafts")
    def offer_them(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        number = keeping.offer(queryset, by=seen(viewer_of(request)), at=timezone.now())
        self.message_user(request, f"{number} {'session is' if number == 1 else 'sessions are'} offered now.")

    @admin.action(description="Repeat a week on, as drafts")
    def copy_a_week(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.copied(request, queryset, weeks=1)

    @admin.action(description="Repeat two weeks on, as drafts")
    def copy_two_weeks(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.copied(request, queryset, weeks=2)

    @admin.action(description="Copy six weeks on, as drafts")
    def copy_six_weeks(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.copied(request, queryset, weeks=6)

    @admin.action(description="Copy seven weeks on, as drafts")
    def copy_seven_weeks(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.copied(request, queryset, weeks=7)

    def copied(self, request: HttpRequest, queryset: QuerySet[Session], *, weeks: int) -> None:
        try:
            made = keeping.copy(queryset, weeks=weeks, by=seen(viewer_of(request)), at=timezone.now())
        except keeping.Refused as refusal:
            self.message_user(request, str(refusal), level=messages.ERROR)
        else:
            self.message_user(
                request,
                f"{len(made)} {'draft is' if len(made) == 1 else 'drafts are'} made, {weeks} "
                f"{'week' if weeks == 1 else 'weeks'} on. Nothing is offered yet.",
            )

"""Joint days with their workshops beneath them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from cpd.actions import days, keeping
from cpd.admin.seen import seen
from cpd.enums import SessionState
from cpd.forms.days import WorkshopForm, WorkshopRows
from cpd.models import Day, Session
from cpd.queries.choices import choices_of
from partnership.ui.admin import AdminViewer, ChoicesAsSeen, Tool, ViewerAdmin, viewer_of
from schools.admin import reach


class Workshops(ChoicesAsSeen, admin.TabularInline[Session, Day]):
    """The workshops of a day: added and changed here, called off on their own page."""

    model = Session
    form = WorkshopForm
    formset = WorkshopRows  # type: ignore[assignment]  # its forms are asked for more than a form has
    fields = ("programme", "title", "begins", "ends", "room", "facilitator", "led_by", "capacity", "state")
    readonly_fields = ("state",)
    autocomplete_fields = ("facilitator",)
    extra = 3
    can_delete = False
    ordering = ("starts_at", "room", "pk")
    verbose_name = "workshop"
    verbose_name_plural = "Workshops: those that begin at the same time are one part of the day"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the links beside each choice: there are forty rows."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        kept = Session.objects.kept_by(seen(viewer_of(request))).exclude(state=SessionState.CALLED_OFF)
        return kept.select_related("programme").order_by(*self.ordering)

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return obj is None or obj.partnership_id in reach.coordinated(viewer_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.has_add_permission(request, obj)


@admin.register(Day)
class DayAdmin(ViewerAdmin):
    """A joint day: where and when all meet, and the workshops side by side."""

    desk = ("CPD", 42)
    intro = "An INSET day for several schools: plan its workshops beneath it, then offer it. Staff choose one in each part."
    list_display = ("title", "on", "venue", "partnership", "state")
    list_filter = ("state",)
    list_select_related = ("venue", "partnership")
    search_fields = ("title", "venue__name")
    date_hierarchy = "on"
    ordering = ("-on", "pk")
    autocomplete_fields = ("venue",)
    actions = ("offer_days",)
    inlines = (Workshops,)
    fieldsets = (
        (None, {"fields": ("partnership", "title", "on", "venue", "notes")}),
        ("All together", {"fields": ("begins", "opening", "ends", "closing")}),
        ("Choosing", {"fields": ("opens_at", "closes_at")}),
    )

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Day]:
        return Day.objects.kept_by(seen(viewer))

    def may_add(self, viewer: AdminViewer) -> bool:
        return bool(reach.coordinated(viewer))

    def may_change(self, viewer: AdminViewer, row: Day | None) -> bool:
        return row is None or row.partnership_id in reach.coordinated(viewer)

    def organisation_of(self, row: Day) -> uuid.UUID:
        return row.partnership_id

    def get_readonly_fields(self, request: HttpRequest, obj: Day | None = None) -> tuple[str, ...]:
        """A day with workshops stays its partnership's."""
        return ("partnership",) if obj is not None else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """A workshop that is offered and has another hour or room is told, as any session that moves."""
        formset.save(commit=False)
        new = {id(row) for row in formset.new_objects}
        moving = {"begins", "ends", "room"}
        moved = {row.pk for row, fields in formset.changed_objects if moving & set(fields)}
        for row in [*formset.new_objects, *(row for row, _ in formset.changed_objects)]:
            told = id(row) not in new and row.pk in moved and row.state == SessionState.OFFERED
            row.revision += int(told)
            row.save()
            if told:
                keeping.tell_moved(row, at=timezone.now())
        formset.save_m2m()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        changed = set(form.changed_data)
        if change and changed & {"on", "venue", "opens_at", "closes_at"}:
            days.follow(form.instance, moved=bool(changed & {"on", "venue"}), at=timezone.now())

    def tools(self, viewer: AdminViewer, row: Day) -> list[Tool]:
        return [
            Tool("Who chose what", reverse("admin:cpd_day_choices", args=[row.pk])),
            Tool("Its page", reverse("cpd:day", args=[row.pk])),
        ]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.choices_view)
        return [path("<uuid:pk>/choices/", page, name="cpd_day_choices"), *super().get_urls()]

    def choices_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Who chose what, by workshop and by school; printed, it is a plan of the day and a list for each door."""
        day = self.get_queryset(request).filter(pk=pk).select_related("venue").first()
        if not self.has_view_permission(request) or day is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": "Who chose what",
            "opts": self.opts,
            "day": day,
            "choices": choices_of(seen(viewer_of(request)), day, today=timezone.localdate()),
        }
        return TemplateResponse(request, "admin/cpd/day/choices.html", context)

    @admin.action(description="Offer the chosen days and their workshops")
    def offer_days(self, request: HttpRequest, queryset: QuerySet[Day]) -> None:
        viewer, now = seen(viewer_of(request)), timezone.now()
        done = [days.offer_day(day, by=viewer, at=now) for day in queryset]
        number = sum(len(each.offered) for each in done)
        self.message_user(
            request, f"{number} {'workshop is' if number == 1 else 'workshops are'} offered now."
        )
        for session, reason in (kept for each in done for kept in each.kept_back):
            self.message_user(request, f"Not offered: “{session.name}”. {reason}", level=messages.ERROR)

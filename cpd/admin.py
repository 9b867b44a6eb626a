"""The offer, planned by coordinators: programmes, and their sessions. Calling off and copying are named buttons."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.forms import CheckboxSelectMultiple, ChoiceField, ModelChoiceField, TypedMultipleChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpd.actions import days, keeping
from cpd.enums import SessionState
from cpd.forms.days import WorkshopForm, WorkshopRows
from cpd.models import Day, Programme, Session, TrainingKind
from partnership.access.viewer import Viewer
from partnership.ui.admin import AdminViewer, ChoicesAsSeen, Tool, ViewerAdmin, viewer_of
from schools.admin import reach
from schools.enums import Role

WHEN_AND_WHERE = frozenset({"starts_at", "ends_at", "venue", "room", "online_at"})
"""What is in people's calendars: a change of it is told."""


def seen(viewer: AdminViewer) -> Viewer:
    return cast(Viewer, viewer)


@admin.register(Programme)
class ProgrammeAdmin(ViewerAdmin):
    """What there is to learn, and why."""

    desk = ("CPD", 40)
    intro = "A programme says what for; its sessions say when and where."
    list_display = ("title", "audience", "partnership")
    search_fields = ("title", "audience", "aims")
    ordering = ("title", "pk")
    fields = (
        "partnership",
        "title",
        "audience",
        "aims",
        "helps_pupils",
        "mechanisms",
        "asks",
        "fewest",
        "certificate_asks",
        "talks_before",
        "talks_after",
        "counts_for",
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The trainings there are, by their names."""
        if db_field.name != "counts_for":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return ChoiceField(
            label=db_field.verbose_name.capitalize(),
            choices=[
                ("", "No"),
                *kept_trainings(viewer_of(request)).order_by("title").values_list("code", "title"),
            ],
            required=False,
            help_text="Whoever was there has done that training on that day.",
        )

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Programme]:
        return Programme.objects.kept_by(seen(viewer)).select_related("partnership")

    def may_add(self, viewer: AdminViewer) -> bool:
        return bool(reach.coordinated(viewer))

    def may_change(self, viewer: AdminViewer, row: Programme | None) -> bool:
        return row is None or row.partnership_id in reach.coordinated(viewer)

    def organisation_of(self, row: Programme) -> uuid.UUID:
        return row.partnership_id


def kept_trainings(viewer: AdminViewer) -> QuerySet[TrainingKind]:
    """Those that hold everywhere and those of one's own partnerships."""
    return TrainingKind.objects.filter(
        Q(partnership__isnull=True) | Q(partnership__in=reach.partnerships(viewer))
    )


@admin.register(TrainingKind)
class TrainingKindAdmin(ViewerAdmin):
    """Which training who needs how often."""

    desk = ("CPD", 42)
    intro = "A row of your own partnership comes before the one of the same code that holds everywhere."
    list_display = ("title", "code", "months", "partnership", "source", "effective_from", "effective_to")
    list_select_related = ("partnership",)
    search_fields = ("title", "code", "source")
    ordering = ("title", "effective_from", "pk")

    def rows_for(self, viewer: AdminViewer) -> QuerySet[TrainingKind]:
        return kept_trainings(viewer)

    def choices_for(self, viewer: AdminViewer, field: Any) -> QuerySet[TrainingKind]:
        return TrainingKind.objects.none()

    def may_add(self, viewer: AdminViewer) -> bool:
        return True

    def may_change(self, viewer: AdminViewer, row: TrainingKind | None) -> bool:
        return row is None or reach.holds(viewer, row.partnership_id)

    def may_delete(self, viewer: AdminViewer, row: TrainingKind | None) -> bool:
        return self.may_change(viewer, row)

    def organisation_of(self, row: TrainingKind) -> uuid.UUID | None:
        return row.partnership_id

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Roles to tick."""
        if db_field.name != "roles":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return TypedMultipleChoiceField(
            choices=Role.choices, required=False, widget=CheckboxSelectMultiple, help_text=db_field.help_text
        )

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """What holds everywhere is a superuser's: everyone else names their partnership."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "partnership" and not viewer_of(request).is_superuser:
            field.required = True
            field.help_text = "The partnership for which it holds."
        return field


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
    noun = "Joint days"
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
        return [Tool("Its page", reverse("cpd:day", args=[row.pk]))]

    @admin.action(description="Offer the chosen days and their workshops")
    def offer_days(self, request: HttpRequest, queryset: QuerySet[Day]) -> None:
        viewer, now = seen(viewer_of(request)), timezone.now()
        number = sum(days.offer_day(day, by=viewer, at=now) for day in queryset)
        self.message_user(
            request, f"{number} {'workshop is' if number == 1 else 'workshops are'} offered now."
        )

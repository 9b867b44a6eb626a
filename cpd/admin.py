"""The offer, planned by coordinators: programmes, and their sessions. Calling off and copying are named buttons."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.forms import CheckboxSelectMultiple, ChoiceField, ModelChoiceField, TypedMultipleChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpd.actions import keeping
from cpd.enums import SessionState
from cpd.models import Programme, Session, TrainingKind
from partnership.access.viewer import Viewer
from partnership.ui.admin import AdminViewer, Tool, ViewerAdmin, viewer_of
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
    actions = ("offer_them", "copy_six_weeks", "copy_seven_weeks")
    fieldsets = (
        (None, {"fields": ("programme", "title", "state", "starts_at", "ends_at")}),
        ("Where", {"fields": ("venue", "room", "online_at", "access")}),
        ("Who leads it", {"fields": ("facilitator", "led_by", "bring")}),
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
        return found

    @admin.action(description="Offer the chosen drafts")
    def offer_them(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        number = keeping.offer(queryset, by=seen(viewer_of(request)), at=timezone.now())
        self.message_user(request, f"{number} {'session is' if number == 1 else 'sessions are'} offered now.")

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
                request, f"{len(made)} drafts are made, {weeks} weeks on. Nothing is offered yet."
            )

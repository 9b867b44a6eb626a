"""Programmes, and which training who needs how often."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple, ChoiceField, ModelChoiceField, TypedMultipleChoiceField
from django.http import HttpRequest

from cpd.admin.seen import seen
from cpd.enums import Mechanism
from cpd.models import Programme, TrainingKind
from partnership.ui.admin import AdminViewer, ViewerAdmin, viewer_of
from schools.admin import reach
from schools.enums import Role


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
        """The mechanisms to tick; the trainings there are, by their names."""
        if db_field.name == "mechanisms":
            return TypedMultipleChoiceField(
                label="Mechanisms",
                choices=Mechanism.choices,
                required=False,
                widget=CheckboxSelectMultiple,
                help_text=db_field.help_text,
                error_messages={"invalid_choice": "Tick those in the list: %(value)s is none of them."},
            )
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

    desk = ("CPD", 43)
    noun = "statutory training"
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

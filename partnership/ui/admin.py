"""The base of every admin page: rows and choices as the viewer may see them, permissions from the viewer, audit once.

What a model admin adds is three answers: `rows_for` (which rows), `choices_for` (which may be chosen in a field that
points here) and `may_add`/`may_change`/`may_delete`. Whatever it does not answer is refused."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db import models
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from partnership.audit.models import Event, record

COORDINATE = "coordinate"  # partnership.access.permissions.Permission.COORDINATE, two layers above

LOOKUPS = frozenset(
    {"", "exact", "isnull", "id__exact", "pk__exact", "gte", "gt", "lte", "lt", "year", "month", "day"}
)
"""What may stand behind a filter's name in the address. A longer path would answer questions about hidden columns."""


class AdminViewer(Protocol):
    """What these pages ask of the request's viewer."""

    user_id: uuid.UUID | None
    is_superuser: bool

    def reach(self, permission: Any, /) -> frozenset[uuid.UUID]: ...

    def has(self, permission: Any, /) -> bool: ...


def viewer_of(request: HttpRequest) -> AdminViewer:
    return cast(AdminViewer, request.viewer)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Tool:
    """A named button on a row's page that leads to an action."""

    label: str
    href: str


class ChoicesAsSeen(BaseModelAdmin):
    """Fields that point to other rows offer, and accept, only those the viewer may choose."""

    def choices(self, request: HttpRequest, field: Any) -> models.QuerySet[Any]:
        """The related admin decides; a model without an admin of ours offers nothing."""
        related = self.admin_site._registry.get(field.remote_field.model)
        if not isinstance(related, ViewerAdmin):
            return cast("models.QuerySet[Any]", field.remote_field.model._default_manager.none())
        return related.choices_for(viewer_of(request), field)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        return super().formfield_for_foreignkey(
            db_field, request, **{**kwargs, "queryset": self.choices(request, db_field)}
        )

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        return super().formfield_for_manytomany(
            db_field, request, **{**kwargs, "queryset": self.choices(request, db_field)}
        )


class ViewerAdmin(ChoicesAsSeen, admin.ModelAdmin):
    """Nothing may be changed and nothing is seen until a subclass says so. Rows outside are 404."""

    list_per_page = 50
    show_full_result_count = False
    actions: Sequence[Any] | None = ()
    change_form_template = "admin/viewer_change_form.html"
    object_history_template = "admin/viewer_history.html"
    desk: ClassVar[tuple[str, int]] = ("Other", 90)
    """The heading under which the first page lists these records, and their place."""
    noun: ClassVar[str] = ""
    """What people call these records, where the model's own plural is not it."""
    intro: ClassVar[str] = ""
    """One sentence above the list: what stands here and how it is changed."""

    # What a subclass answers ------------------------------------------------------------------------------------

    def rows_for(self, viewer: AdminViewer) -> models.QuerySet[Any]:
        return self.model._default_manager.none()

    def choices_for(self, viewer: AdminViewer, field: Any) -> models.QuerySet[Any]:
        return self.rows_for(viewer)

    def may_add(self, viewer: AdminViewer) -> bool:
        return False

    def may_change(self, viewer: AdminViewer, row: Any | None) -> bool:
        return False

    def may_delete(self, viewer: AdminViewer, row: Any | None) -> bool:
        return False

    def tools(self, viewer: AdminViewer, row: Any) -> list[Tool]:
        return []

    def organisation_of(self, row: Any) -> uuid.UUID | None:
        """Whose audit an event about this row belongs to."""
        return cast("uuid.UUID | None", getattr(row, "organisation_id", None))

    # Who may ----------------------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        viewer = viewer_of(request)
        return viewer.has(COORDINATE) or viewer.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and self.may_add(viewer_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.has_view_permission(request) and self.may_change(viewer_of(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.has_view_permission(request) and self.may_delete(viewer_of(request), obj)

    # Which rows -------------------------------------------------------------------------------------------------

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """By its key; an address that names an empty field, which Django takes for one, means the key too."""
        return super().get_object(request, object_id, from_field or None)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        viewer = viewer_of(request)
        asked_for = autocompleted_field(request)
        rows = self.choices_for(viewer, asked_for) if asked_for is not None else self.rows_for(viewer)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters this page shows, and only their plain forms."""
        for name in filter_names(self, request):
            if lookup == name or (lookup.startswith(f"{name}__") and lookup[len(name) + 2 :] in LOOKUPS):
                return True
        return False

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": self.heading(), "intro": self.intro, **(extra_context or {})}
        return super().changelist_view(request, context)

    def heading(self) -> str:
        """The records' name as a heading."""
        noun = self.noun or str(self.opts.verbose_name_plural)
        return noun[:1].upper() + noun[1:]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        tools = self.tools(viewer_of(request), row) if row is not None else []
        return super().changeform_view(
            request, object_id, form_url, {"tools": tools, **(extra_context or {})}
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A partnership that is the only one to choose is chosen."""
        found: dict[str, Any] = super().get_changeform_initial_data(request)
        field: Any = next((each for each in self.opts.fields if each.name == "partnership"), None)
        if field is not None and field.editable and not viewer_of(request).is_superuser:
            rows = list(self.choices(request, field).complex_filter(field.get_limit_choices_to())[:2])
            if len(rows) == 1:
                found.setdefault("partnership", rows[0].pk)
        return found

    # Audit: one event for a save, its inlines and its bulk edits included ----------------------------------------

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Which fields and which rows beneath, by name and id: never a value."""
        facts: dict[str, Any] = {"fields": sorted(form.changed_data)}
        beneath = []
        for formset in formsets or []:
            kind = formset.model._meta.label_lower
            beneath += [{"kind": kind, "id": str(row.pk), "was": "added"} for row in formset.new_objects]
            beneath += [
                {"kind": kind, "id": str(row.pk), "was": "changed", "fields": sorted(fields)}
                for row, fields in formset.changed_objects
            ]
            beneath += [
                {"kind": kind, "id": str(row.pk), "was": "removed"} for row in formset.deleted_objects
            ]
        return {**facts, "beneath": beneath} if beneath else facts

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.audit(request, "added", obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if message.get("fields") or message.get("beneath"):
            self.audit(request, "changed", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            self.audit(request, "removed", row, {})

    def audit(self, request: HttpRequest, what: str, row: Any, facts: dict[str, Any]) -> None:
        """One event; a row whose key is a day or a year stands in the facts, since subjects are uuids."""
        has_uuid = isinstance(row.pk, uuid.UUID)
        record(
            f"{self.opts.label_lower}.{what}",
            by=viewer_of(request).user_id,
            subject=row if has_uuid else None,
            organisation=self.organisation_of(row),
            facts=facts if has_uuid else {**facts, "row": str(row.pk)},
            at=timezone.now(),
        )

    def events_about(self, row: Any) -> models.QuerySet[Event]:
        if isinstance(row.pk, uuid.UUID):
            return Event.objects.about(kind=self.opts.label_lower, id=row.pk)
        return Event.objects.filter(kind__startswith=f"{self.opts.label_lower}.", facts__row=str(row.pk))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The row's audit events; who acted is named where the viewer sees that person."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        events = list(self.events_about(row).order_by("-at", "pk")[:200])
        named = names_of(self.admin_site, viewer_of(request), {event.actor_id for event in events})
        context = {
            **self.admin_site.each_context(request),
            "title": f"History: {row}",
            "events": [(event, named.get(event.actor_id, "")) for event in events],
            "object": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


def autocompleted_field(request: HttpRequest) -> Any | None:
    """The field an autocomplete asks for; Django has checked that it exists before rows are read."""
    match = request.resolver_match
    if match is None or match.url_name != "autocomplete":
        return None
    model = apps.get_model(request.GET["app_label"], request.GET["model_name"])
    return model._meta.get_field(request.GET["field_name"])


def filter_names(model_admin: ViewerAdmin, request: HttpRequest) -> list[str]:
    """The names under which this list's filters stand in the address."""
    names = [model_admin.date_hierarchy] if model_admin.date_hierarchy else []
    for each in model_admin.get_list_filter(request):
        if isinstance(each, str):
            names.append(each)
        elif isinstance(each, tuple | list):
            names.append(str(each[0]))
        else:
            names.append(str(getattr(each, "parameter_name", "")))
    return names


def names_of(
    site: admin.AdminSite, viewer: AdminViewer, ids: set[uuid.UUID | None]
) -> dict[uuid.UUID | None, str]:
    """People's names, for those whose rows the viewer sees."""
    from django.contrib.auth import get_user_model

    people = site._registry.get(get_user_model())
    if not isinstance(people, ViewerAdmin):
        return {}
    return {person.pk: str(person) for person in people.rows_for(viewer).filter(pk__in=ids - {None})}

"""Organisations and their memberships."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from partnership.ui.admin import AdminViewer, ChoicesAsSeen, Tool, ViewerAdmin, viewer_of
from partnership.ui.admin_filters import AsSeenFilter
from schools.admin import reach
from schools.enums import OrganisationKind
from schools.models import Acceptance, Membership, Organisation
from schools.queries.agreements import binding_version

OURS = ("mailbox", "telephone", "website")
"""What the partnership keeps of a school; the rest comes from the national register and would be overwritten."""

FROM_GIAS = (
    "kind", "name", "urn", "ukprn", "la_code", "establishment_number", "type_name", "phase", "low_age", "high_age",
    "stage", "status", "trust", "local_authority", "opened_on", "closed_on", "number_on_roll", "street", "locality",
    "town", "county", "postcode",
)  # fmt: skip


class AgreementFilter(admin.SimpleListFilter):
    """Whether the version that binds has been accepted, by the organisation itself or by its trust."""

    title = "sharing agreement"
    parameter_name = "agreement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("accepted", "Accepted"), ("waiting", "Not accepted yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("accepted", "waiting"):
            return queryset
        given = Acceptance.objects.filter(version__gte=binding_version(on=timezone.localdate()))
        by = given.values("organisation")
        has = Q(pk__in=by) | Q(trust__in=by)
        places = queryset.filter(kind__in=[OrganisationKind.SCHOOL, OrganisationKind.TRUST])
        return places.filter(has) if self.value() == "accepted" else places.exclude(has)


class MembershipRows(ChoicesAsSeen, admin.TabularInline[Membership, Organisation]):
    """Memberships beneath an organisation: added and ended, never removed."""

    model = Membership
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return reach.within(super().get_queryset(request), viewer_of(request), "partnership")

    def has_view_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return reach.holds(viewer_of(request), obj.pk) if obj is not None else True

    def has_add_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False


class InPartnerships(MembershipRows):
    fk_name = "organisation"
    fields = ("partnership", "starts_on", "ends_on")
    verbose_name_plural = "In these partnerships"


class Members(MembershipRows):
    fk_name = "partnership"
    fields = ("organisation", "starts_on", "ends_on")
    autocomplete_fields = ("organisation",)
    verbose_name = "member"
    verbose_name_plural = "Members"


@admin.register(Organisation)
class OrganisationAdmin(ViewerAdmin):
    """A school's facts come from the register; its mailbox, telephone and website are the partnership's to keep."""

    desk = ("People and schools", 13)
    intro = "Schools, trusts, authorities and partners. A school’s facts come from the national register."
    list_display = ("name", "kind", "stage", "status", "town", "mailbox")
    list_filter = ("kind", AgreementFilter, "stage", "status", ("memberships__partnership", AsSeenFilter))
    search_fields = ("name", "urn", "town", "postcode")
    ordering = ("name_key", "pk")

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Organisation]:
        return reach.organisations(viewer)

    def choices_for(self, viewer: AdminViewer, field: Any) -> QuerySet[Organisation]:
        """Partnerships one coordinates, members one may take in, organisations whose terms one keeps."""
        match (field.model._meta.model_name, field.name):
            case ("membership", "partnership") | ("duty", "partnership"):
                return reach.partnerships(viewer)
            case ("membership", "organisation"):
                return reach.possible_members(viewer, on=timezone.localdate())
            case ("halfterm" | "closure", "organisation"):
                return reach.with_terms(viewer)
            case ("organisation", "trust"):
                return reach.organisations(viewer).filter(kind=OrganisationKind.TRUST)
            case ("organisation", "local_authority"):
                return reach.organisations(viewer).filter(kind=OrganisationKind.LOCAL_AUTHORITY)
            case ("transition", _):
                return reach.within(Organisation.objects.schools(), viewer, "pk")
            case ("pupil" | "classgroup" | "handover" | "section" | "version", _):
                return Organisation.objects.none()
        return reach.within(Organisation.objects.all(), viewer, "pk")

    def may_add(self, viewer: AdminViewer) -> bool:
        return True

    def may_change(self, viewer: AdminViewer, row: Organisation | None) -> bool:
        return row is None or reach.holds(viewer, row.pk)

    def organisation_of(self, row: Organisation) -> uuid.UUID:
        return row.pk

    def tools(self, viewer: AdminViewer, row: Organisation) -> list[Tool]:
        found = [Tool("School’s page", reverse("schools:school", args=[row.pk]))] if row.is_school else []
        if row.pk in reach.coordinated(viewer):
            found.insert(0, Tool("Appoint somebody", f"{reverse('schools:appoint')}?school={row.pk}"))
        return found

    def get_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        if obj is not None and obj.kind == OrganisationKind.SCHOOL:
            return (*FROM_GIAS[:2], *OURS, *FROM_GIAS[2:])
        more = ("is_county",) if viewer_of(request).is_superuser else ()
        return ("kind", "name", *OURS, *more)

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        if obj.urn is not None or (
            obj.kind == OrganisationKind.SCHOOL and not viewer_of(request).is_superuser
        ):
            return FROM_GIAS
        return ("kind",)

    def get_inlines(
        self, request: HttpRequest, obj: Organisation | None
    ) -> list[type[InlineModelAdmin[Any, Any]]]:
        if obj is not None and obj.kind == OrganisationKind.PARTNERSHIP:
            return [Members, InPartnerships]
        return [InPartnerships]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "website":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Coordinators add community partners and schools that are in no register; the rest is a superuser's."""
        if db_field.name == "kind" and not viewer_of(request).is_superuser:
            own = (OrganisationKind.COMMUNITY, OrganisationKind.SCHOOL)
            kwargs["choices"] = [("", "Choose a kind"), *((each.value, each.label) for each in own)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

"""The sharing agreement at the desk: published here, once for all; and who has accepted it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Max, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from partnership.ui.admin import AdminViewer, ViewerAdmin, viewer_of
from partnership.ui.admin_filters import AsSeenFilter
from schools.admin import reach
from schools.models import Acceptance, Agreement, Controller
from schools.queries.duties import NoSuchDuty, duties_for

DRAFT = Path(settings.BASE_DIR) / "docs" / "privacy" / "agreement.md"


def draft() -> str:
    """The pack's own text without its preface, with which the first version begins; '' where the pack is not there."""
    return DRAFT.read_text()[DRAFT.read_text().index("## ") :] if DRAFT.exists() else ""


@admin.register(Agreement)
class AgreementAdmin(ViewerAdmin):
    """Published, never changed: the next version is another row."""

    desk = ("Data protection", 40)
    noun = "sharing agreements"
    intro = "Holds everywhere, so a county’s coordinator or a superuser publishes it. A published text never changes."
    list_display = ("version", "effective_from", "binding_from", "accepted", "published_by")
    list_select_related = ("published_by",)
    ordering = ("-version",)
    search_fields = ("text",)
    fields = ("effective_from", "binding_from", "text")

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Agreement]:
        return Agreement.objects.all()

    def may_add(self, viewer: AdminViewer) -> bool:
        return reach.keeps_all(viewer)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From today, binding after the period of grace; the text of the version before, or the pack's."""
        today = timezone.localdate()
        last = Agreement.objects.order_by("-version").first()
        if last is None:
            return {"effective_from": today, "binding_from": today, "text": draft()}
        try:
            grace = timedelta(days=duties_for([], on=today).of("agreement_grace").amount or 0)
        except NoSuchDuty:
            grace = timedelta()
        return {"effective_from": today, "binding_from": today + grace, "text": last.text}

    def save_model(self, request: HttpRequest, obj: Agreement, form: ModelForm, change: bool) -> None:
        obj.version = (Agreement.objects.aggregate(last=Max("version"))["last"] or 0) + 1
        obj.published_by_id = viewer_of(request).user_id
        obj.published_at = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description="accepted by")
    def accepted(self, row: Agreement) -> str:
        count = row.acceptances.count()
        return "nobody yet" if not count else f"{count} organisation{'s' if count > 1 else ''}"


class OfOrganisation(ViewerAdmin):
    """Rows of one's own organisations, read here and changed by the organisations themselves."""

    list_select_related = ("organisation",)
    search_fields = ("organisation__name",)
    list_filter = (("organisation", AsSeenFilter),)

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows if viewer.is_superuser else rows.filter(organisation__in=reach.organisations(viewer))

    def organisation_of(self, row: Any) -> uuid.UUID | None:
        return row.organisation_id


@admin.register(Acceptance)
class AcceptanceAdmin(OfOrganisation):
    """Who accepted which version, when."""

    desk = ("Data protection", 41)
    intro = "Accepted by the organisations themselves. Who has not yet stands under Organisations: filter by agreement."
    list_display = ("organisation", "controller_name", "version", "name", "role", "at")
    date_hierarchy = "at"
    ordering = ("-at", "pk")
    fields = ("organisation", "controller_name", "version", "name", "role", "at")


@admin.register(Controller)
class ControllerAdmin(OfOrganisation):
    """Controllers and their data protection officers."""

    desk = ("Data protection", 42)
    noun = "controllers and their officers"
    intro = "As each organisation names them."
    list_display = ("organisation", "name", "kind", "dpo_name", "dpo_email", "dpo_telephone")
    ordering = ("organisation__name_key",)
    fields = ("organisation", "name", "kind", "ico_number", "dpo_name", "dpo_email", "dpo_telephone", "at")

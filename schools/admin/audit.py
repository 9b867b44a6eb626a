"""The audit: who did what when, by ids. Read only; labels are looked up when read, and a child has none here (P6)."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html

from partnership.accounts.models import User
from partnership.audit.models import Event
from partnership.ui.admin import AdminViewer, ViewerAdmin
from schools.admin import reach
from schools.models import Organisation
from schools.queries.sealed import sealed_subjects

CODE = re.compile(r"^[a-z0-9_.:-]{1,60}$")


def told(value: Any) -> str:
    """A fact as shown: codes, ids, numbers, days. Anything else, should it ever be written, stays unread."""
    if isinstance(value, list | tuple):
        return ", ".join(told(each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{told(key)} {told(each)}" for key, each in value.items())
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if CODE.match(text) else "…"


@admin.register(Event)
class EventAdmin(ViewerAdmin):
    """Events that concern the organisations one coordinates; those of sealed records are for the officer alone (P5)."""

    desk = ("Inspection", 50)
    noun = "audit"
    intro = "What was done and opened, newest first. It cannot be changed, here or in the database."
    list_display = ("at", "what", "who", "about", "where")
    search_fields = ("kind", "subject_kind")
    date_hierarchy = "at"
    ordering = ("-at", "pk")
    fields = ("at", "what", "who", "about", "where", "particulars")
    readonly_fields = fields

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Event]:
        people = self.admin_site._registry[User]
        assert isinstance(people, ViewerAdmin)
        seen = people.rows_for(viewer).prefetch_related(None).filter(pk=OuterRef("actor_id"))
        place = Organisation.objects.filter(pk=OuterRef("organisation_id"))
        rows = (
            Event.objects.all()
            if viewer.is_superuser
            else Event.objects.concerning(reach.coordinated(viewer))
        )
        return rows.filter(sealed_subjects()).annotate(
            actor_name=Subquery(seen.values("name")[:1]), place_name=Subquery(place.values("name")[:1])
        )

    @admin.display(description="what", ordering="kind")
    def what(self, row: Event) -> str:
        return row.what

    @admin.display(description="who")
    def who(self, row: Any) -> str:
        if row.actor_name:
            return str(row.actor_name)
        return "The platform itself" if row.actor_id is None else "Somebody outside your partnership"

    @admin.display(description="about")
    def about(self, row: Event) -> str:
        """The kind of thing and the first figures of its id; a link where its own page is among the records."""
        kind = row.subject_kind.rpartition(".")[2]
        if not kind or row.subject_id is None:
            return ""
        words = f"{kind} {str(row.subject_id)[:8]}"
        registered = {model._meta.label_lower: model for model in self.admin_site._registry}
        if row.subject_kind not in registered or row.kind.endswith(".removed"):
            return words
        address = reverse(f"admin:{row.subject_kind.replace('.', '_')}_change", args=[row.subject_id])
        return format_html('<a href="{}">{}</a>', address, words)

    @admin.display(description="organisation")
    def where(self, row: Any) -> str:
        return row.place_name or ""

    @admin.display(description="particulars")
    def particulars(self, row: Event) -> str:
        return told(row.facts)

    def organisation_of(self, row: Event) -> uuid.UUID | None:
        return row.organisation_id

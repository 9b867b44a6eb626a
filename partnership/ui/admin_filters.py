"""Filters beside an admin list: related rows as the viewer may choose them, never all there are."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.http import HttpRequest

from partnership.ui.admin import ViewerAdmin, viewer_of

AT_MOST = 200


class AsSeenFilter(RelatedFieldListFilter):
    """`list_filter = [("organisation", AsSeenFilter)]`."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[Any]:
        related = model_admin.admin_site._registry.get(field.remote_field.model)
        if not isinstance(related, ViewerAdmin):
            return []
        rows = related.choices_for(viewer_of(request), field)
        ordering = related.get_ordering(request)
        rows = rows.order_by(*ordering) if ordering else rows
        return [(row.pk, str(row)) for row in rows[:AT_MOST]]

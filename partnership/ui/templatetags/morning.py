"""`{% load morning %}{% morning_list as matters %}{% desk as groups %}` on the admin's first page."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.contrib import admin
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone

from partnership.ui.admin import ViewerAdmin
from partnership.ui.morning import Matter, matters_for

register = template.Library()


@dataclass(frozen=True, slots=True)
class Records:
    """One kind of record the viewer may open."""

    name: str
    href: str
    add_href: str = ""


@register.simple_tag(takes_context=True)
def morning_list(context: Context) -> list[Matter]:
    return matters_for(context["request"].viewer, timezone.now())


@register.simple_tag(takes_context=True)
def desk(context: Context) -> list[tuple[str, list[Records]]]:
    """The records by heading, in the order people look for them."""
    request = context["request"]
    pages = [page for page in admin.site._registry.values() if isinstance(page, ViewerAdmin)]
    groups: dict[str, list[Records]] = {}
    for page in sorted(pages, key=lambda page: page.desk[1]):
        if not page.has_view_permission(request):
            continue
        name = f"admin:{page.opts.app_label}_{page.opts.model_name}"
        add = reverse(f"{name}_add") if page.has_add_permission(request) else ""
        groups.setdefault(page.desk[0], []).append(
            Records(page.heading(), reverse(f"{name}_changelist"), add)
        )
    return list(groups.items())

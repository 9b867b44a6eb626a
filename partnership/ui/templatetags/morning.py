"""`{% load morning %}{% morning_list as matters %}` on the admin's first page."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils import timezone

from partnership.ui.morning import Matter, matters_for

register = template.Library()


@register.simple_tag(takes_context=True)
def morning_list(context: Context) -> list[Matter]:
    return matters_for(context["request"].viewer, timezone.now())

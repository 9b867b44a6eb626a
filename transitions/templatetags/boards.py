"""What stands in every row of a board, drawn no oftener than it differs: `{% load boards %}`."""

from __future__ import annotations

import uuid
from functools import cache

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from partnership.ui.templatetags.ui import drawn
from transitions.queries.boards import Row

register = template.Library()
ANY = uuid.UUID(int=0)


@register.simple_tag
def how_it_stands(row: Row) -> SafeString:
    """`{% how_it_stands row %}`: how far, whose move and by when. Nothing in these cells says who the child is, so they
    are drawn once for all that stand alike."""
    move = row.standing.move
    return drawn(
        "transitions/boards/_how_it_stands.html",
        steps=row.standing.track,
        step_words=row.step_words,
        done=row.step == "done",
        who=row.who if move.open else "",
        what=move.what,
        late=move.late,
        soon=move.soon,
        due=move.due_words if move.due_on else "",
    )


@register.simple_tag
def child_url(pk: uuid.UUID) -> str:
    """`{% child_url pk %}`: the address of a child's page, worked out once for all."""
    return child_address().replace(str(ANY), str(pk))


@cache
def child_address() -> str:
    return reverse("transitions:child", args=[ANY])

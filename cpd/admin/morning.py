"""What professional development asks of a coordinator's morning."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from cpd.admin.seen import seen
from cpd.queries.deciding import waiting_for
from partnership.lib.dates import day_words
from partnership.ui.admin import AdminViewer
from partnership.ui.morning import AT_MOST, Line, Matter, register


@register
def to_decide(viewer: AdminViewer, now: datetime) -> Matter:
    """Sessions that need more people than have a place, on and after the day of their decision."""
    today = timezone.localdate(now)
    found = waiting_for(seen(viewer), today=today)
    lines = [
        Line(
            each.session.name,
            reverse("cpd:decide", args=[each.session.pk]),
            f"{day_words(timezone.localdate(each.session.starts_at), today=today)}. "
            f"{each.taken} with a place, needs {each.session.minimum}",
            "red" if each.late else "amber",
            f"decide by {day_words(each.decide_on)}" if each.late else "decide today",
        )
        for each in found[:AT_MOST]
    ]
    return Matter(
        "Go or no go", lines, "No session waits to be decided today.", order=1,
        href=reverse("admin:cpd_session_changelist"), more=max(0, len(found) - AT_MOST),
    )  # fmt: skip

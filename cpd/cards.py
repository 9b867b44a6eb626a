"""What the home page says of professional development."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone

from cpd.queries import offer
from partnership.access.permissions import Permission as P
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.ui.cards import Card, Place, Row, register
from partnership.ui.navigation import NavItem, register_footer
from partnership.ui.navigation import register as navigate
from partnership.ui.viewers import ViewerLike

navigate(NavItem("CPD", "cpd:sessions", 50, (P.BOOK_CPD,)))
register_footer(NavItem("Check a certificate", "cpd:check", 40))


@register
def mine_card(viewer: ViewerLike, today: date) -> Card | None:
    """Where one is booked; for who has nothing else here, the way to the offer."""
    if not isinstance(viewer, Viewer) or not viewer.has(P.BOOK_CPD):
        return None
    lines = [
        line for line in offer.my_lines(viewer, now=timezone.now()) if this_half_term(viewer, line, today)
    ]
    rows = tuple(
        Row(
            title=line.session.name,
            href=reverse("cpd:session", args=[line.session.pk]),
            why=f"{line.status[1]}, {where(line.session)}",
            due=(day := timezone.localdate(line.session.starts_at)),
            due_text=f"{day_words(day, today=today)}, {timezone.localtime(line.session.starts_at):%H:%M}",
        )
        for line in lines
    )
    return Card(
        Place.COMING,
        "Coming this half-term",
        rows=rows,
        empty="You are booked for no session this half-term. What is offered stands in the list.",
        more_href=reverse("cpd:sessions"),
        more_text="All sessions",
        order=5,
    )


def this_half_term(viewer: Viewer, line: offer.Line, today: date) -> bool:
    """Up to the last day of this half-term, or of the next one where today is in a holiday."""
    ends = [span.ends_on for span in offer.half_terms_of(viewer) if span.ends_on >= today]
    return not ends or timezone.localdate(line.session.starts_at) <= min(ends)


def where(session: offer.Session) -> str:
    return session.venue.name if session.venue else "online"

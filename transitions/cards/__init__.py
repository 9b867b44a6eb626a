"""What the home page shows of moves, and where they stand in the navigation."""

from __future__ import annotations

from datetime import date

from django.urls import NoReverseMatch, reverse

from partnership.access.permissions import Permission as P
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.lib.suppression import MARK, MARK_WORDS
from partnership.ui.cards import Card, Number, Place, Row, register
from partnership.ui.navigation import NavItem
from partnership.ui.navigation import register as navigate
from partnership.ui.viewers import ViewerLike
from transitions.cards.rows import coming_rows, late_row, numbers_shown, waiting_rows
from transitions.queries import closings, mine
from transitions.queries.counts import tables
from transitions.queries.late_pairs import late_pairs
from transitions.queries.legal import legal_days

navigate(NavItem("Leaving", "transitions:leaving", 10, (P.SEE_PROGRESS, P.TEACH)))
navigate(NavItem("Joining", "transitions:joining", 20, (P.SEE_PROGRESS, P.TEACH)))
navigate(NavItem("Class notes", "transitions:class_notes", 30, (P.WRITE_HANDOVERS, P.TEACH)))
navigate(NavItem("Numbers", "transitions:counts", 40, (P.SEE_COUNTS,)))


@register
def school_cards(viewer: ViewerLike, today: date) -> list[Card]:
    """The four cards of somebody who works with children on the move, from one reading."""
    if not isinstance(viewer, Viewer) or not (viewer.has(P.SEE_PROGRESS) or viewer.has(P.TEACH)):
        return []
    everyone = mine.my_standings(viewer, today=today)
    posts = mine.posts_here(viewer, today=today)
    until = mine.end_of_half_term(viewer, today=today)
    waiting = mine.waiting_on(viewer, everyone, posts, today=today)
    cards = [
        Card(
            Place.WAITING,
            "Waiting on you",
            rows=waiting_rows(waiting),
            empty="Nothing waits on you. What comes due within four weeks will stand here.",
        )
    ]
    if viewer.has(P.APPOINT):
        late = mine.late_by_person(viewer, everyone, posts)
        cards.append(
            Card(
                Place.LATE,
                "Late in your school",
                rows=tuple(late_row(each) for each in late),
                empty="Nothing is late.",
            )
        )
    talks = mine.talks_ahead(viewer, today=today, until=until)
    legal = legal_days(viewer, everyone, today=today, until=until)
    due = mine.falling_due(viewer, everyone, today=today, until=until)
    cards.append(
        Card(
            Place.COMING,
            "Coming this half-term",
            rows=coming_rows(talks, legal, due, posts, reader=viewer.user_id, waits=waiting),
            empty="No conversation is planned and nothing else falls due this half-term.",
        )
    )
    if everyone:
        numbers = mine.numbers_of(viewer, everyone, today=today)
        cards.append(Card(Place.NUMBERS, "How far everyone is", numbers=tuple(numbers_shown(numbers))))
    return cards


@register
def destroy_card(viewer: ViewerLike, today: date) -> Card | None:
    """Copies of children who go elsewhere now, to be destroyed and confirmed, by reference (practice P3)."""
    if not isinstance(viewer, Viewer) or not viewer.has(P.SEE_PROGRESS):
        return None
    rows = tuple(
        Row(
            title=f"Destroy what you hold of {each.place.reference}",
            href=reverse("transitions:closed_places"),
            why=f"A child from {each.place.school.name} who now goes elsewhere",
            due=each.due_on,
            status="red" if each.due_on and each.due_on < today else "amber",
            action="Confirm",
        )
        for each in closings.at_former(viewer)
        if each.place.destroyed_at is None
    )
    return Card(Place.WAITING, "Waiting on you", rows=rows, order=8) if rows else None


@register
def coordinator_card(viewer: ViewerLike, today: date) -> Card | None:
    """Late by pair of schools, with references to say on the telephone and nothing else (practice P6)."""
    if not isinstance(viewer, Viewer) or not viewer.has(P.COORDINATE):
        return None
    pairs = late_pairs(viewer, today=today)
    listed = address("admin:transitions_transition_changelist")
    return Card(
        Place.LATE,
        "Late between schools",
        rows=tuple(
            Row(
                title=f"{pair.present} to {pair.following}"
                if pair.following
                else f"{pair.present}, next school not known",
                href=listed,
                why=f"{some(pair.references)}",
                due=pair.oldest,
                due_text=f"{len(pair.references)} late since {day_words(pair.oldest)}",
                status="red",
                action="See progress",
            )
            for pair in pairs[:10]
        ),
        empty="Nothing is late between your schools.",
        more_href=listed,
        more_text="All progress",
    )


def some(references: tuple[str, ...], *, at_most: int = 4) -> str:
    shown = ", ".join(references[:at_most])
    return f"{shown} and {len(references) - at_most} more" if len(references) > at_most else shown


def address(name: str) -> str:
    """The address of a page of another kind of site; the home page where it is not there."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse("home")


@register
def counts_card(viewer: ViewerLike, today: date) -> Card | None:
    """For an LA officer or a trust leader: sums, small ones hidden."""
    if not isinstance(viewer, Viewer) or not viewer.has(P.SEE_COUNTS):
        return None
    found, href = tables(viewer, today=today), reverse("transitions:counts")
    totals = [(table.title, table.rows[-1].total) for table in found]
    return Card(
        Place.NUMBERS,
        "Moves in numbers",
        rows=tuple(Row(title, href, MARK_WORDS.capitalize()) for title, total in totals if total == MARK),
        numbers=tuple(Number(total, title, href) for title, total in totals if total != MARK),
        empty="Once your schools bring in the children who move, their numbers stand here.",
        more_href=href,
        more_text="By boundary and step",
    )

"""What the home page says of professional development."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone

from cpd.queries import deciding, offer, out, release, training
from cpd.queries import register as registers
from cpd.rules.training import State
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
    """Where one is booked: this half-term, else next; for who has nothing else here, the way to the offer."""
    if not isinstance(viewer, Viewer) or not viewer.has(P.BOOK_CPD):
        return None
    booked = offer.my_lines(viewer, now=timezone.now())
    now = [line for line in booked if this_half_term(viewer, line, today)]
    rows = tuple(
        Row(
            title=line.session.name,
            href=reverse("cpd:session", args=[line.session.pk]),
            why=f"{line.status[1]}, {where(line.session)}",
            due=(day := timezone.localdate(line.session.starts_at)),
            due_text=f"{day_words(day, today=today)}, {timezone.localtime(line.session.starts_at):%H:%M}",
        )
        for line in now or booked[:1]
    )
    return Card(
        Place.COMING,
        "Your CPD this half-term" if now else "Your next CPD",
        rows=rows,
        empty="You are booked for no session. What is offered stands in the list.",
        more_href=reverse("cpd:sessions"),
        more_text="All sessions",
        order=5,
    )


@register
def led_cards(viewer: ViewerLike, today: date) -> list[Card]:
    """For whoever leads something: the register of today, one that nobody has taken yet, and what is to come."""
    if not isinstance(viewer, Viewer) or not viewer.signed_in:
        return []
    now = timezone.now()
    sessions = registers.led_lately(viewer, now=now)
    if not sessions:
        return []
    tallies = registers.tallies(viewer, sessions, now=now)
    waiting, coming = [], []
    for session in sessions:
        day = timezone.localdate(session.starts_at)
        tally = tallies[session.pk]
        clock = f"{timezone.localtime(session.starts_at):%H:%M}"
        if day > today:
            coming.append(
                led_row(
                    session,
                    f"{tally.places} with a place, {where(session)}",
                    day,
                    f"{day_words(day, today=today)}, {clock}",
                )
            )
        elif not tally.taken:
            told = (
                f"You lead it today, {where(session)}" if day == today else f"You led it: {tally.status[1]}"
            )
            when = f"Today, {clock}" if day == today else day_words(day, today=today)
            waiting.append(led_row(session, told, day, when, "Open the register"))
    return [
        *([Card(Place.WAITING, "Registers", rows=tuple(waiting), order=4)] if waiting else []),
        Card(
            Place.COMING,
            "You lead",
            rows=tuple(coming[:COMING_AT_MOST]),
            empty="Nothing that you lead is to come.",
            more_href=reverse("cpd:leading"),
            more_text="All you lead",
            order=6,
        ),
    ]


COMING_AT_MOST = 5


def led_row(session: offer.Session, why: str, day: date, when: str, action: str = "Open") -> Row:
    href = reverse("cpd:register", args=[session.pk])
    return Row(title=session.name, href=href, why=why, due=day, due_text=when, action=action)


def this_half_term(viewer: Viewer, line: offer.Line, today: date) -> bool:
    """Up to the last day of this half-term, or of the next one where today is in a holiday."""
    ends = [span.ends_on for span in offer.half_terms_of(viewer) if span.ends_on >= today]
    return not ends or timezone.localdate(line.session.starts_at) <= min(ends)


def where(session: offer.Session) -> str:
    return session.venue.name if session.venue else "online"


@register
def decide_card(viewer: ViewerLike, today: date) -> Card | None:
    """Sessions that this coordinator has to decide by today: too few have a place."""
    if not isinstance(viewer, Viewer) or not viewer.has(P.COORDINATE):
        return None
    rows = tuple(
        Row(
            title=f"Does “{each.session.name}” go ahead?",
            href=reverse("cpd:decide", args=[each.session.pk]),
            why=f"{each.taken} with a place, needs {each.session.minimum}; "
            f"{day_words(timezone.localdate(each.session.starts_at), today=today)}",
            due=each.decide_on,
            due_text=day_words(each.decide_on) if each.late else "today",
            status="red" if each.late else "amber",
            action="Decide",
        )
        for each in deciding.waiting_for(viewer, today=today)
    )
    return Card(Place.WAITING, "Waiting on you", rows=rows, order=0) if rows else None


@register
def approvals_card(viewer: ViewerLike, today: date) -> Card | None:
    """Bookings that wait for this viewer's yes or no."""
    if not isinstance(viewer, Viewer) or not viewer.has(P.BOOK_CPD):
        return None
    rows = tuple(
        Row(
            title=f"May {each.person.name} go to “{each.booking.session.name}”?",
            href=reverse("cpd:release", args=[each.pk]),
            why=f"{timezone.localtime(each.booking.session.starts_at):%H:%M}, booked; waits for your approval",
            due=(day := timezone.localdate(each.booking.session.starts_at)),
            due_text=day_words(day, today=today),
            status="amber",
            action="Answer",
        )
        for each in release.waiting_on(viewer)
    )
    return Card(Place.WAITING, "Waiting on you", rows=rows, order=20) if rows else None


@register
def out_card(viewer: ViewerLike, today: date) -> Card | None:
    """How many of the school have a place in a session of the next fortnight."""
    if not isinstance(viewer, Viewer) or not viewer.has(P.BOOK_STAFF):
        return None
    rows = tuple(
        Row(
            title=f"{each.number} {'colleague' if each.number == 1 else 'colleagues'} at “{each.session.name}”",
            href=f"{reverse('cpd:out')}?school={each.organisation_id}",
            why=where(each.session),
            due=(day := timezone.localdate(each.session.starts_at)),
            due_text=f"{day_words(day, today=today)}, {timezone.localtime(each.session.starts_at):%H:%M}",
            action="See who",
        )
        for each in out.out_soon(viewer, today=today)
    )
    return Card(
        Place.COMING,
        "Staff out for CPD",
        rows=rows,
        empty="Nobody of your school has a place in a session of the next fortnight.",
        more_href=reverse("cpd:out"),
        more_text="Who is out when",
        order=6,
    )


@register
def training_cards(viewer: ViewerLike, today: date) -> list[Card]:
    """For who leads a school: how many of its people have statutory training overdue, and for how many it ends soon."""
    if not isinstance(viewer, Viewer) or not (viewer.has(P.BOOK_STAFF) and viewer.has(P.APPOINT)):
        return []
    found = training.pressing_at(viewer, now=timezone.now())
    several = len(viewer.reach(P.BOOK_STAFF)) > 1
    overdue = tuple(training_row(each, today, named=several) for each in found if each.state == State.OVERDUE)
    soon = tuple(training_row(each, today, named=several) for each in found if each.state == State.SOON)
    return [
        *([Card(Place.LATE, "Late in your school", rows=overdue, order=5)] if overdue else []),
        *([Card(Place.COMING, "Statutory training", rows=soon, order=7)] if soon else []),
    ]


def training_row(pressing: training.Pressing, today: date, *, named: bool) -> Row:
    """ "Training overdue: 2 colleagues", with the school where there are several."""
    late, day = pressing.state == State.OVERDUE, day_words(pressing.ends_on, today=today)
    people = f"{pressing.people} {'colleague' if pressing.people == 1 else 'colleagues'}"
    return Row(
        title=f"Training {'overdue' if late else 'ends soon'}: {people}",
        href=f"{reverse('cpd:training')}?school={pressing.school_id}",
        why=f"{', '.join(pressing.titles)}{f'; {pressing.school}' if named else ''}",
        due=pressing.ends_on,
        due_text=f"since {day}" if late else day,
        status="red" if late else "amber",
        action="See who",
    )

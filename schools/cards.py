"""What the home page shows of a school itself, and where the shared ground stands in the navigation."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from partnership.access.permissions import Permission as P
from partnership.access.viewer import Viewer
from partnership.lib.names import within_a_sentence
from partnership.ui.cards import Card, Place, Row, register
from partnership.ui.navigation import NavItem
from partnership.ui.navigation import register as navigate
from partnership.ui.viewers import ViewerLike
from schools.enums import Role
from schools.queries.agreements import agreement_to_read, standings
from schools.queries.due import empty_posts, files_waiting, names_of

navigate(NavItem("Staff", "schools:staff", 60, (P.APPOINT, P.COORDINATE)))
navigate(NavItem("Schools", "schools:directory", 70, (P.SEE_DIRECTORY,)))
navigate(NavItem("Records", "admin:index", 90, (P.COORDINATE,)))


@register
def empty_posts_card(viewer: ViewerLike, today: date) -> Card | None:
    """A key post nobody holds waits on the head, or on the coordinator where the head's own is empty (practice P12)."""
    if not isinstance(viewer, Viewer) or not (viewer.has(P.APPOINT) or viewer.has(P.COORDINATE)):
        return None
    here = viewer.reach(P.APPOINT) | viewer.reach(P.COORDINATE)
    empty = [post for post in empty_posts(today=today, organisation_ids=here) if viewer.user_id in post.told]
    names = names_of({post.organisation_id for post in empty})
    rows = tuple(
        Row(
            title=f"Nobody is in post as {within_a_sentence(str(Role(post.role).label))}",
            href=f"{reverse('schools:appoint')}?{urlencode({'school': str(post.organisation_id)})}",
            why=f"{names[post.organisation_id]}. Until somebody is, their reminders come to you.",
            status="amber",
            due_text="empty",
            action="Appoint",
        )
        for post in empty
    )
    return Card(Place.WAITING, "Waiting on you", rows=rows, order=10) if rows else None


@register
def files_card(viewer: ViewerLike, today: date) -> Card | None:
    """A file that was read waits to be looked at and applied, before it is deleted."""
    if not isinstance(viewer, Viewer) or not (viewer.has(P.IMPORT_FILES) or viewer.has(P.COORDINATE)):
        return None
    rows = tuple(
        Row(
            title=f"{waiting.kind} to mend" if waiting.barred else f"{waiting.kind} to apply",
            href=reverse("imports:import", args=[waiting.id]),
            why=f"{waiting.organisation}: read and checked, not stored yet"
            if waiting.organisation
            else "Read and checked",
            due=waiting.read_on,
            due_text="no row can go in" if waiting.barred else "ready",
            status="amber",
            action="Look at it",
        )
        for waiting in files_waiting(viewer)
    )
    return Card(Place.WAITING, "Waiting on you", rows=rows, order=5) if rows else None


NEW_VERSION, NOTHING_MOVES = "a new version is published", "until then no pupil is brought in or shared"


@register
def agreement_card(viewer: ViewerLike, today: date) -> Card | None:
    """The sharing agreement waits on whoever may accept it: by its day, or now where pupils wait for it (practice P1)."""
    if not isinstance(viewer, Viewer) or not viewer.has(P.ACT_AS_CONTROLLER):
        return None
    current = agreement_to_read(on=today)
    if current is None:
        return None
    waiting = [
        each
        for each in standings(viewer.reach(P.ACT_AS_CONTROLLER), on=today).values()
        if (each.accepted or 0) < current.version
    ]
    rows = tuple(
        Row(
            title="Accept the sharing agreement",
            href=reverse("schools:agreement"),
            why=f"{each.name}: {NEW_VERSION if each.covered else NOTHING_MOVES}",
            due=current.binding_from if each.covered else None,
            due_text="" if each.covered else "waits for you",
            status="amber",
            action="Read it",
        )
        for each in sorted(waiting, key=lambda each: each.name)
    )
    return Card(Place.WAITING, "Waiting on you", rows=rows, order=1) if rows else None

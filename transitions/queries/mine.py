"""What stands on a person's home page: their own moves, those late at their schools by person, what is coming, numbers."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import BeyondCalendar, academic_year_of
from schools.enums import Role
from schools.queries.calendars import calendars_for
from schools.queries.holding import PostBook, post_book
from transitions.enums import HandoverState
from transitions.models import Conversation
from transitions.queries.boards import schools_of, still_here
from transitions.queries.progress import NextMove, Side
from transitions.queries.standing import Standing, moves_visible_to, standings

AHEAD = timedelta(days=28)
"""How far before its day a matter begins to stand on somebody's home page."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One open move for one child."""

    standing: Standing
    move: NextMove


@dataclass(frozen=True, slots=True)
class Behind:
    """What is late with one person (or an empty post) at one school."""

    who: str
    role: str
    organisation_id: uuid.UUID
    matters: tuple[Matter, ...]

    @property
    def oldest(self) -> date:
        return min(each.move.due_on or date.max for each in self.matters)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation planned between two schools."""

    id: uuid.UUID
    planned_for: date
    time_words: str
    way: str
    with_school: str


def my_standings(viewer: Viewer, *, today: date) -> list[Standing]:
    """Everybody on the viewer's boards, each child once."""
    here = schools_of(viewer)
    if not here:
        return []
    rows = moves_visible_to(viewer).filter(
        Q(school__in=here) | Q(seen_by__in=here), entry_year__gte=academic_year_of(today)
    )
    return [
        each
        for each in standings(rows.order_by("pupil__name_key", "pk"), today=today)
        if each.transition.seen_by in here or still_here(each, today=today)
    ]


def posts_here(viewer: Viewer, *, today: date) -> PostBook:
    """Who holds the posts at the viewer's schools."""
    return post_book(schools_of(viewer), on=today)


def waiting_on(viewer: Viewer, everyone: Iterable[Standing], posts: PostBook, *, today: date) -> list[Matter]:
    """The open moves that are this person's: by their post, as cover, or because the post is empty; soonest first."""
    found = [
        Matter(standing, move)
        for standing in everyone
        for move in standing.moves
        if is_near(move, today=today) and is_mine(viewer, standing, move, posts)
    ]
    return sorted(found, key=lambda each: each.move.due_on or date.max)


def is_near(move: NextMove, *, today: date) -> bool:
    """Late, or due within four weeks. What has no date waits nowhere: it stands on the board."""
    return move.open and move.due_on is not None and move.due_on <= today + AHEAD


def is_mine(viewer: Viewer, standing: Standing, move: NextMove, posts: PostBook) -> bool:
    if move.organisation_id not in schools_of(viewer):
        return False
    if move.role == Role.CLASS_TEACHER:
        return viewer.teaches(standing.transition.pupil_id, move.organisation_id)
    return any(each.user_id == viewer.user_id for each in posts.answering(move.organisation_id, move.role))


def late_by_person(viewer: Viewer, everyone: Iterable[Standing], posts: PostBook) -> list[Behind]:
    """At schools where the viewer appoints: late moves by the holders of the post, one's own left out; most first."""
    heads = viewer.reach(Permission.APPOINT)
    late: dict[tuple[uuid.UUID, str], list[Matter]] = defaultdict(list)
    for standing in everyone:
        for move in standing.moves:
            if move.late and move.organisation_id in heads:
                late[move.organisation_id, move.role].append(Matter(standing, move))
    behind = []
    for (organisation_id, role), matters in late.items():
        holders = posts.holders(organisation_id, role)
        if any(each.user_id == viewer.user_id for each in holders):
            continue
        who = " and ".join(each.name for each in holders)
        behind.append(Behind(who, role, organisation_id, tuple(matters)))
    return sorted(behind, key=lambda each: (-len(each.matters), each.oldest, each.who))


def end_of_half_term(viewer: Viewer, *, today: date) -> date:
    """The last day of this half-term at the viewer's first school, of the next one in a holiday; six weeks on where
    the terms are not entered."""
    school = next(
        (post.organisation_id for post in viewer.posts if post.organisation_id in schools_of(viewer)), None
    )
    if school is None:
        return today + timedelta(weeks=6)
    calendar = calendars_for([school])[school]
    try:
        return (calendar.half_term_at(today) or calendar.next_half_term(today)).ends_on
    except BeyondCalendar:
        return today + timedelta(weeks=6)


def talks_ahead(viewer: Viewer, *, today: date, until: date) -> list[Talk]:
    """Planned conversations of the viewer's schools, or in which they take part."""
    mine = Q(pk__in=Conversation.objects.visible_to(viewer).values("pk")) | Q(adults__user=viewer.user_id)
    rows = Conversation.objects.filter(
        mine, planned_for__range=(today, until), held_on__isnull=True, cancelled_at__isnull=True
    ).distinct()
    here = schools_of(viewer)
    return [
        Talk(
            id=row.pk,
            planned_for=row.planned_for,
            time_words=f" at {row.planned_time:%H:%M}" if row.planned_time else "",
            way=str(row.get_way_display()),
            with_school=row.school.name
            if row.reader_id in here and row.school_id not in here
            else row.reader.name,
        )
        for row in rows.select_related("school", "reader").order_by("planned_for", "planned_time", "pk")
        if row.planned_for
    ]


def falling_due(
    viewer: Viewer, everyone: Iterable[Standing], *, today: date, until: date
) -> dict[tuple[str, date, Side], list[Matter]]:
    """Open moves of the viewer's schools that fall due from today to then, together by what and day."""
    here = schools_of(viewer)
    found: dict[tuple[str, date, Side], list[Matter]] = defaultdict(list)
    for standing in everyone:
        for move in standing.moves:
            if move.due_on and today <= move.due_on <= until and move.organisation_id in here:
                found[move.what, move.due_on, move.side].append(Matter(standing, move))
    return dict(sorted(found.items(), key=lambda each: (each[0][1], each[0][0])))


@dataclass(frozen=True, slots=True)
class Numbers:
    """How far the children of both boards are."""

    leaving: int = 0
    placed: int = 0
    to_share: int = 0
    send_elsewhere: int = 0
    """Leaving with SEND to where nothing is shared: on the board among the others, and with no handover to count."""
    shared: int = 0
    joining: int = 0
    joining_send: int = 0
    met: int = 0
    settled: int = 0


MET = (HandoverState.MET, HandoverState.ACCEPTED, HandoverState.SETTLED)


def numbers_of(viewer: Viewer, everyone: Sequence[Standing], *, today: date) -> Numbers:
    here = schools_of(viewer)
    leaving = [
        each for each in everyone if each.transition.school_id in here and still_here(each, today=today)
    ]
    joining = [each for each in everyone if each.transition.seen_by in here]
    with_send = [each for each in leaving if each.send]
    send_out = [each for each in with_send if not each.transition.elsewhere]
    send_in = [each for each in joining if each.send]
    return Numbers(
        leaving=len(leaving),
        placed=sum(each.transition.has_destination for each in leaving),
        to_share=len(send_out),
        send_elsewhere=len(with_send) - len(send_out),
        shared=sum(state_of(each) in (HandoverState.SHARED, *MET) for each in send_out),
        joining=len(joining),
        joining_send=len(send_in),
        met=sum(state_of(each) in MET for each in send_in),
        settled=sum(state_of(each) == HandoverState.SETTLED for each in send_in),
    )


def state_of(standing: Standing) -> str:
    return standing.handover.state if standing.handover else ""

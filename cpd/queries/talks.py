"""With whom of the room one shares a child, when both are free, and what the two have agreed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from cpd.enums import SessionState, TalkState
from cpd.models import Booking, Session, Talk
from cpd.queries.offer import Whole
from cpd.rules.talks import TEN_MINUTES, Span, free, times
from partnership.access import rls
from partnership.access.partners import partners_of
from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from schools.models import Organisation


@dataclass(frozen=True, slots=True)
class Partner:
    """A colleague with a place in the session who shares a child with the viewer; the talk, if one of them offered it; when
    they could have it."""

    user_id: uuid.UUID
    name: str
    school: str
    talk: Talk | None
    reader: uuid.UUID
    times: Sequence[datetime]
    now: datetime

    @property
    def state(self) -> str:
        return self.talk.state if self.talk else ""

    @property
    def answers(self) -> bool:
        """Whether the reader says yes or no."""
        return self.talk is not None and self.talk.waits_for(self.reader)

    @property
    def names_time(self) -> bool:
        return self.talk is None or self.talk.may_be_timed_by(self.reader)

    @property
    def begun(self) -> bool:
        return self.talk is not None and self.talk.starts_at is not None and self.talk.starts_at <= self.now


def partners_in(viewer: Viewer, line: Whole) -> list[Partner]:
    """For whoever has a place: those with a place with whom they share a child. Which child, nobody reads here."""
    me = viewer.user_id
    if line.standing is None or not line.standing.placed or me is None or line.called_off:
        return []
    schools = {turn.person_id: turn.claim.organisation_id for turn in line.queue.placed()}
    found = partners_of(me, schools.keys() - {me})
    if not found:
        return []
    talks = {
        each.asked_id if each.asked_by_id == me else each.asked_by_id: each
        for each in Talk.objects.visible_to(viewer).filter(session=line.session)
    }
    people = User.objects.filter(pk__in=found).order_by("name_key", "pk").values_list("pk", "name")
    names = dict(Organisation.objects.filter(pk__in={schools[pk] for pk in found}).values_list("pk", "name"))
    open_ = free_times(line.session, me, found, now=line.now)
    return [
        Partner(pk, name, names[schools[pk]], talks.get(pk), me, open_[pk], line.now) for pk, name in people
    ]


def free_times(
    session: Session, me: uuid.UUID, others: Collection[uuid.UUID], *, now: datetime
) -> dict[uuid.UUID, list[datetime]]:
    """When the session has ten minutes that I and each of the others have too: in no talk, and in no other session. Two
    queries; with whom somebody is busy, nobody reads."""
    programme = session.programme
    asked = times(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        before=programme.talks_before,
        after=programme.talks_after,
    )
    if not asked:
        return {each: [] for each in others}
    taken = taken_by({me, *others}, since=asked[0], until=asked[-1] + TEN_MINUTES)
    return {each: free(asked, taken[me] + taken[each], now=now) for each in others}


def taken_by(
    people: Collection[uuid.UUID], *, since: datetime, until: datetime
) -> Mapping[uuid.UUID, list[Span]]:
    """When these people are in a talk or in a session."""
    found: dict[uuid.UUID, list[Span]] = defaultdict(list)
    with rls.widened(busy=rls.uuid_array(people)):
        rows = Talk.objects.exclude(state=TalkState.DECLINED).filter(
            Q(asked_by__in=people) | Q(asked__in=people), starts_at__lt=until, ends_at__gt=since
        )
        for one, other, start, end in rows.values_list("asked_by", "asked", "starts_at", "ends_at"):
            for each in (one, other):
                if start and end:
                    found[each].append((start, end))
    booked = Booking.objects.live().filter(
        person__in=people,
        session__state=SessionState.OFFERED,
        session__starts_at__lt=until,
        session__ends_at__gt=since,
    )
    for person, start, end in booked.values_list("person", "session__starts_at", "session__ends_at"):
        found[person].append((start, end))
    return found


def find_talk(viewer: Viewer, pk: uuid.UUID) -> Talk | None:
    rows = Talk.objects.visible_to(viewer).select_related("session__programme", "asked", "asked_by")
    return rows.filter(pk=pk).first()


def talks_told(viewer: Viewer, pks: set[uuid.UUID]) -> dict[uuid.UUID, Talk]:
    """Those of the viewer's own, for the words of a message."""
    rows = Talk.objects.visible_to(viewer).filter(pk__in=pks, session__state=SessionState.OFFERED)
    return {each.pk: each for each in rows.select_related("session__programme", "asked", "asked_by")}


def talks_in(viewer: Viewer, sessions: Collection[uuid.UUID]) -> list[Talk]:
    """The viewer's own at these sessions that are agreed, or need a time, by time."""
    rows = (
        Talk.objects.visible_to(viewer)
        .live()
        .filter(session__in=sessions, session__state=SessionState.OFFERED)
    )
    rows = rows.exclude(state=TalkState.ASKED, starts_at__isnull=False)
    return list(rows.select_related("session__venue", "asked", "asked_by").order_by("starts_at", "pk"))

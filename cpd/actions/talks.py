"""Ten minutes together: offered, answered, held. What the talk was about is told to whoever knows, by ids of people."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction

from cpd.actions.booking import Refused
from cpd.enums import TalkState
from cpd.models import Session, Talk
from cpd.queries.talks import free_times
from cpd.rules.talks import TEN_MINUTES
from partnership.access import partners
from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from partnership.outbox.notices import Notice, enqueue

OFFERED, ANSWERED = "cpd.talk_offered", "cpd.talk_answered"
ANSWERED_SINCE = "This was answered a moment ago. Look at it again."
GONE = "That time is not free any more. Choose another."


@transaction.atomic
def offer_talk(session: Session, *, to: uuid.UUID, starts_at: datetime, by: Viewer, at: datetime) -> Talk:
    """Offer ten minutes to a colleague of this session with whom one shares a child. Raises Refused."""
    me = user_id_of(by)
    if to not in partners.partners_of(me, [to]):
        raise Refused("You and this colleague share no child now.")
    if Talk.objects.visible_to(by).between(me, to).filter(session=session).exists():
        raise Refused("One of you has offered it already.")
    ensure_free(session, me, to, starts_at, at=at)
    with one_at_a_time():
        talk = Talk.objects.create(
            session=session,
            asked_by_id=me,
            asked_id=to,
            at=at,
            time_by_id=me,
            starts_at=starts_at,
            ends_at=starts_at + TEN_MINUTES,
        )
    tell_offered(talk, to, at=at)
    return talk


@transaction.atomic
def name_time(talk: Talk, *, starts_at: datetime, by: Viewer, at: datetime) -> None:
    """Another time, which the other of the two answers. Raises Refused, PermissionDenied."""
    me = user_id_of(by)
    ensure(me in (talk.asked_id, talk.asked_by_id))
    if not talk.may_be_timed_by(me):
        raise Refused(ANSWERED_SINCE)
    to = talk.other_than(me).pk
    ensure_free(talk.session, me, to, starts_at, at=at)
    with one_at_a_time():
        changed = Talk.objects.filter(pk=talk.pk, at=talk.at).update(
            state=TalkState.ASKED, starts_at=starts_at, ends_at=starts_at + TEN_MINUTES, time_by_id=me, at=at
        )
    if not changed:
        raise Refused(ANSWERED_SINCE)
    tell_offered(talk, to, at=at)


@transaction.atomic
def answer_talk(talk: Talk, *, agreed: bool, by: Viewer, at: datetime) -> None:
    """Yes or no to the time that stands, from the one who did not name it; a no may still become a yes. Raises Refused,
    PermissionDenied."""
    me = user_id_of(by)
    ensure(me in (talk.asked_id, talk.asked_by_id) and me != talk.time_by_id)
    if talk.starts_at is None:
        raise Refused("The time is gone, since the session has changed. Choose a new one.")
    state = TalkState.AGREED if agreed else TalkState.DECLINED
    rows = Talk.objects.filter(pk=talk.pk, starts_at=talk.starts_at).exclude(
        state__in=[TalkState.HELD, state]
    )
    with one_at_a_time():
        changed = rows.update(state=state, at=at)
    if changed:
        tell(talk, ANSWERED, talk.time_by_id, at=at, mark=f"{state.value}:{talk.starts_at:%Y%m%d%H%M}")


@transaction.atomic
def hold_talk(talk: Talk, *, by: Viewer, at: datetime) -> None:
    """They have talked, says one of the two, once their time has come. Twice is the same as once."""
    ensure(by.user_id in (talk.asked_id, talk.asked_by_id))
    if talk.starts_at is not None and talk.starts_at > at:
        raise Refused("Your ten minutes have not begun yet.")
    rows = Talk.objects.filter(pk=talk.pk, state=TalkState.AGREED)
    if rows.update(state=TalkState.HELD, held_at=at):
        record(
            "talk.held",
            by=by.user_id,
            subject=talk,
            organisation=talk.session.partnership_id,
            at=at,
            facts={},
        )
        partners.talked(talk.pk, one=talk.asked_by_id, other=talk.asked_id, at=at)


def ensure_free(
    session: Session, me: uuid.UUID, other: uuid.UUID, starts_at: datetime, *, at: datetime
) -> None:
    """Raises Refused unless the session has this time and both are free."""
    if starts_at not in free_times(session, me, {other}, now=at)[other]:
        raise Refused(GONE)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """What the other did in the same moment the database knows: no two talks of one person overlap."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Refused(GONE) from None


def tell_offered(talk: Talk, to: uuid.UUID, *, at: datetime) -> None:
    tell(talk, OFFERED, to, at=at, mark=f"{to}:{at.isoformat()}")


def tell(talk: Talk, kind: str, to: uuid.UUID, *, at: datetime, mark: str) -> None:
    enqueue(
        Notice(
            key=f"{kind}:{talk.pk}:{mark}",
            kind=kind,
            recipient_id=to,
            facts={"subject": talk.pk},
            due_at=at,
            urgency=Urgency.NOW,
        )
    )

"""Ten minutes together: offered, answered, held. What the talk was about is told to whoever knows, by ids of people."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from cpd.actions.booking import Refused
from cpd.enums import TalkState
from cpd.models import Session, Talk
from partnership.access import partners
from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from partnership.outbox.notices import Notice, enqueue

OFFERED, ANSWERED = "cpd.talk_offered", "cpd.talk_answered"


@transaction.atomic
def offer_talk(session: Session, *, to: uuid.UUID, by: Viewer, at: datetime) -> Talk:
    """Offer ten minutes to a colleague of this session with whom one shares a child. Raises Refused."""
    me = user_id_of(by)
    if to not in partners.partners_of(me, [to]):
        raise Refused("You and this colleague share no child now.")
    if session.ends_at <= at:
        raise Refused("The session is over.")
    try:
        with transaction.atomic():
            talk = Talk.objects.create(session=session, asked_by_id=me, asked_id=to, at=at)
    except IntegrityError:
        raise Refused("One of you has offered it already.") from None
    tell(talk, OFFERED, to, at=at)
    return talk


@transaction.atomic
def answer_talk(talk: Talk, *, agreed: bool, by: Viewer, at: datetime) -> None:
    """Yes or no, from the one who was asked; a no may still become a yes."""
    ensure(talk.asked_id == by.user_id)
    state = TalkState.AGREED if agreed else TalkState.DECLINED
    rows = Talk.objects.filter(pk=talk.pk).exclude(state__in=[TalkState.HELD, state])
    if rows.update(state=state):
        tell(talk, ANSWERED, talk.asked_by_id, at=at, mark=state.value)


@transaction.atomic
def hold_talk(talk: Talk, *, by: Viewer, at: datetime) -> None:
    """They have talked, says one of the two, once the day of the session has come. Twice is the same as once."""
    ensure(by.user_id in (talk.asked_id, talk.asked_by_id))
    if talk.session.starts_at > at:
        raise Refused("The session has not begun yet.")
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


def tell(talk: Talk, kind: str, to: uuid.UUID, *, at: datetime, mark: str = "") -> None:
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

"""What a coordinator does with sessions: offer, move, call off, copy. Everybody who is booked is told in the same act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cpd.actions.booking import Refused
from cpd.enums import SessionState
from cpd.models import Booking, Session
from cpd.queries.copying import Copy
from cpd.rules import may_keep
from partnership.access.guards import ensure
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from partnership.outbox.notices import Notice, enqueue

CALLED_OFF, MOVED = "cpd.called_off", "cpd.moved"


@transaction.atomic
def call_off(session: Session, *, why: str, by: Viewer, at: datetime) -> Session:
    """It does not take place; whoever is booked hears it at once. Twice is once. Raises Refused, PermissionDenied."""
    ensure(may_keep(by, session.partnership_id))
    if session.ends_at <= at:
        raise Refused("It is over: what took place cannot be called off.")
    rows = Session.objects.filter(pk=session.pk).exclude(state=SessionState.CALLED_OFF)
    changes = {
        "state": SessionState.CALLED_OFF,
        "called_off_why": why,
        "revision": session.revision + 1,
        "changed_at": at,
    }
    if rows.update(**changes):
        for name, value in changes.items():
            setattr(session, name, value)
        record(
            "session.called_off", by=by.user_id, subject=session, organisation=session.partnership_id, at=at
        )
        tell_booked(session, CALLED_OFF, at=at)
    return session


@transaction.atomic
def go_ahead(session: Session, *, by: Viewer, at: datetime) -> None:
    """It takes place though fewer come than it needs. Twice is once. Raises Refused, PermissionDenied."""
    ensure(may_keep(by, session.partnership_id))
    rows = Session.objects.filter(pk=session.pk, state=SessionState.OFFERED)
    if session.ends_at <= at or not rows.exists():
        raise Refused("It is over or called off: there is nothing to decide.")
    if rows.filter(goes_ahead_at=None).update(goes_ahead_at=at, changed_at=at):
        record(
            "session.goes_ahead", by=by.user_id, subject=session, organisation=session.partnership_id, at=at
        )


def tell_moved(session: Session, *, at: datetime) -> None:
    """Its time or place is another: in the transaction that changed it, and with its new revision."""
    tell_booked(session, MOVED, at=at)


def tell_booked(session: Session, kind: str, *, at: datetime) -> None:
    """One message to each person with a turn, in a mail of its own."""
    enqueue(
        *(
            Notice(
                key=f"{kind}:{pk}:{session.revision}",
                kind=kind,
                recipient_id=person_id,
                facts={"subject": pk, "revision": session.revision},
                due_at=at,
                urgency=Urgency.NOW,
            )
            for pk, person_id in Booking.objects.live().filter(session=session).values_list("pk", "person_id")
        )
    )


@dataclass(frozen=True, slots=True)
class Offering:
    """What was offered, and what was kept back with the reason."""

    offered: Sequence[Session]
    kept_back: Sequence[tuple[Session, str]]


@transaction.atomic
def offer(sessions: Iterable[Session], *, by: Viewer, at: datetime) -> Offering:
    """Show drafts to everyone, each looked at once more: one that is not fit to be seen stays a draft, the rest go out."""
    offered, kept_back = [], []
    for session in sessions:
        ensure(may_keep(by, session.partnership_id))
        if session.state != SessionState.DRAFT:
            continue
        session.state = SessionState.OFFERED
        if reason := unfit(session, at=at):
            session.state = SessionState.DRAFT
            kept_back.append((session, reason))
        elif Session.objects.filter(pk=session.pk, state=SessionState.DRAFT).update(
            state=SessionState.OFFERED, changed_at=at
        ):
            offered.append(session)
            record(
                "session.offered", by=by.user_id, subject=session, organisation=session.partnership_id, at=at
            )
    return Offering(offered, kept_back)


def unfit(session: Session, *, at: datetime) -> str:
    """Why this session cannot be offered; '' where it can."""
    if session.starts_at <= at:
        return "It has begun already."
    try:
        session.full_clean()
    except ValidationError as wrong:
        return " ".join(wrong.messages)
    return ""


@transaction.atomic
def copy(copies: Iterable[Copy], *, by: Viewer, at: datetime) -> tuple[list[Session], list[Copy]]:
    """Save the drafts of a plan, but for those it leaves out; these, and one that the database refuses after all since
    somebody was quicker, come back with their reason."""
    made, left_out = [], []
    for each in copies:
        draft = each.draft
        ensure(may_keep(by, draft.partnership_id))
        if each.left_out:
            left_out.append(each)
            continue
        try:
            with transaction.atomic():
                draft.save(force_insert=True)
        except IntegrityError:
            taken = "Its room or its leader is taken then."
            left_out.append(replace(each, note=taken, left_out=True))
            continue
        record(
            "session.copied",
            by=by.user_id,
            subject=draft,
            organisation=draft.partnership_id,
            at=at,
            facts={"from": str(each.source.pk), "days": each.days},
        )
        made.append(draft)
    return made, left_out

"""What a coordinator does with sessions: offer, move, call off, copy. Everybody who is booked is told in the same act."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cpd.actions.booking import Refused
from cpd.enums import SessionState
from cpd.models import Booking, Session
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


@transaction.atomic
def offer(sessions: Iterable[Session], *, by: Viewer, at: datetime) -> int:
    """Show drafts to everyone; how many there were."""
    shown = 0
    for session in sessions:
        ensure(may_keep(by, session.partnership_id))
        rows = Session.objects.filter(pk=session.pk, state=SessionState.DRAFT)
        if rows.update(state=SessionState.OFFERED, changed_at=at):
            shown += 1
            record(
                "session.offered", by=by.user_id, subject=session, organisation=session.partnership_id, at=at
            )
    return shown


@transaction.atomic
def copy(sessions: Iterable[Session], *, weeks: int, by: Viewer, at: datetime) -> list[Session]:
    """Drafts of the same sessions so many weeks later, on the same weekday and hour. All or none: raises Refused with the
    session whose room or leader is taken then."""
    made = []
    for session in sessions:
        ensure(may_keep(by, session.partnership_id))
        later = Session.objects.get(pk=session.pk)
        later.pk = uuid.uuid4()
        later._state.adding = True
        for name in ("starts_at", "ends_at", "opens_at", "closes_at"):
            setattr(later, name, weeks_later(getattr(later, name), weeks))
        for name in ("decide_on", "share_until"):
            if (day := getattr(later, name)) is not None:
                setattr(later, name, day + timedelta(weeks=weeks))
        later.state, later.called_off_why, later.last_number, later.revision = SessionState.DRAFT, "", 0, 0
        later.goes_ahead_at = later.day = None
        try:
            with transaction.atomic():
                later.save(force_insert=True)
        except IntegrityError:
            raise Refused(
                f"“{session.name}” cannot be copied: its room or its leader is taken then."
            ) from None
        record(
            "session.copied",
            by=by.user_id,
            subject=later,
            organisation=later.partnership_id,
            at=at,
            facts={"from": str(session.pk), "weeks": weeks},
        )
        made.append(later)
    return made


def weeks_later(moment: datetime, weeks: int) -> datetime:
    """The same hour on the clock, whatever summer time does in between."""
    local = timezone.localtime(moment).replace(tzinfo=None) + timedelta(weeks=weeks)
    return timezone.make_aware(local)

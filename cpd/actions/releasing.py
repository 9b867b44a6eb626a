"""The school's say in a booking: asked, answered, paid or time back, who covers. It never touches a number
(docs/adr/0101)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cpd.enums import Approval
from cpd.models import Booking, Release, SchoolRule, Session
from cpd.queries.release import approvers_of, post_at, rule_of
from cpd.rules import may_answer, may_note
from partnership.access.guards import ensure, user_id_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from partnership.outbox.notices import Notice, enqueue
from schools.models import Post

APPROVAL_ASKED, ANSWERED = "cpd.approval_asked", "cpd.answered"
NEAR = timedelta(days=14)
"""A session nearer than that does not wait for the approver's weekly digest."""


class Refused(Exception):
    """The act is not possible as things stand; the text is a sentence for the page."""


@dataclass(frozen=True, slots=True)
class Ask:
    """From which post somebody wants to go, and who is asked."""

    post: Post
    approvers: Sequence[uuid.UUID]


def to_ask(person_id: uuid.UUID, organisation_id: uuid.UUID, *, by: Viewer, at: datetime) -> Ask | None:
    """Whom to ask where the school of the one who books wants it; whoever lets others go needs nobody. Read before a number
    is drawn, so that the session's row is held no longer; in one query where no approval is wanted."""
    if by.may(Permission.RELEASE_STAFF, organisation_id):
        return None
    rule = rule_of(by, organisation_id)
    if rule is None or not rule.approval:
        return None
    on = timezone.localdate(at)
    post = post_at(person_id, organisation_id, on=on)
    return (
        None if post is None else Ask(post, [each for each in approvers_of(post, on=on) if each != person_id])
    )


def ask_approval(booking: Booking, ask: Ask, *, session: Session, at: datetime) -> None:
    """The booking waits for an answer, with its number and its place."""
    person_id = ask.post.user_id
    Release.objects.bulk_create(
        [
            Release(
                booking_id=booking.pk,
                person_id=person_id,
                organisation_id=booking.organisation_id,
                post=ask.post,
                approval=Approval.ASKED,
            )
        ]
    )
    enqueue(
        *(
            Notice(
                key=f"{APPROVAL_ASKED}:{booking.pk}:{person_id}:{approver}",
                kind=APPROVAL_ASKED,
                recipient_id=approver,
                facts={"subject": booking.pk, "organisation": booking.organisation_id},
                due_at=at,
                urgency=Urgency.NOW if session.starts_at - at < NEAR else Urgency.DIGEST,
            )
            for approver in ask.approvers
        )
    )


def said_anew(booking: Booking, *, by: Viewer) -> None:
    """A colleague goes instead: what the school said to the first does not hold for the second."""
    Release.objects.visible_to(by).filter(booking=booking.pk).delete()


@transaction.atomic
def answer(release: Release, *, agreed: bool, words: str, by: Viewer, at: datetime) -> None:
    """Yes, or no with its reason. A no gives the booking back, and whoever is next moves up by itself; it is never counted
    as late. Raises Refused, PermissionDenied."""
    ensure(may_answer(by, release))
    if release.booking.session.starts_at <= at:
        raise Refused("The session has begun: the register says who came.")
    if not agreed:
        live = Booking.objects.live().filter(pk=release.booking_id)
        live.update(cancelled_at=at, cancelled_by_id=user_id_of(by))
    state = Approval.AGREED if agreed else Approval.DECLINED
    asked = Release.objects.filter(pk=release.pk, person=release.person_id, approval=Approval.ASKED)
    changed = asked.update(approval=state, words=words, answered_by_id=user_id_of(by), answered_at=at)
    if not changed:
        raise Refused("This was answered or changed a moment ago. Look at it again.")
    record(
        "booking.approved" if agreed else "booking.declined",
        by=by.user_id,
        subject=release.booking,
        organisation=release.organisation_id,
        at=at,
        facts={"session": str(release.booking.session_id)},
    )
    enqueue(
        Notice(
            key=f"{ANSWERED}:{release.pk}:{at.isoformat()}",
            kind=ANSWERED,
            recipient_id=release.person_id,
            facts={"subject": release.pk, "organisation": release.organisation_id, "approval": state.value},
            due_at=at,
            urgency=Urgency.DIGEST if agreed else Urgency.NOW,
        )
    )


@transaction.atomic
def note(release: Release, *, given: str, cover: str, by: Viewer, at: datetime) -> None:
    """What is given for hours outside paid time, and who covers. Raises PermissionDenied."""
    ensure(may_note(by, release))
    Release.objects.bulk_create(
        [
            Release(
                booking_id=release.booking_id,
                person_id=release.person_id,
                organisation_id=release.organisation_id,
                post_id=release.post_id,
                given=given,
                cover=cover,
            )
        ],
        update_conflicts=True,
        unique_fields=["booking"],
        update_fields=["given", "cover"],
    )
    record(
        "booking.noted",
        by=by.user_id,
        subject=release.booking,
        organisation=release.organisation_id,
        at=at,
        facts={"given": given},
    )


@transaction.atomic
def set_rule(
    organisation_id: uuid.UUID, *, approval: bool, given: str, remind_manager: bool, by: Viewer, at: datetime
) -> None:
    """What holds at the school from now on; bookings made before are not asked again. Raises PermissionDenied."""
    ensure(by.may(Permission.RELEASE_STAFF, organisation_id))
    values = {"approval": approval, "given": given, "remind_manager": remind_manager}
    rule, _ = SchoolRule.objects.update_or_create(
        organisation_id=organisation_id, defaults={**values, "by_id": user_id_of(by), "at": at}
    )
    record("school_rule.set", by=by.user_id, subject=rule, organisation=organisation_id, at=at, facts=values)

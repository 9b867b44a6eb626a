"""Naming the adults who know a child and those who will, and what follows when two of them have talked (practice P18)."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from partnership.access import rls
from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from schools.models import Post
from transitions.actions.applying import Refused
from transitions.actions.conversations import hold
from transitions.enums import ConversationWay, HandoverState
from transitions.models import Handover, NamedAdult
from transitions.queries.named import Shared, shared_among
from transitions.queries.pairs import Adult
from transitions.rules import may_name

log = logging.getLogger(__name__)


@transaction.atomic
def name_adult(
    handover: Handover,
    *,
    user_id: uuid.UUID,
    organisation_id: uuid.UUID,
    talk_counts: bool,
    by: Viewer,
    at: datetime,
) -> None:
    """An adult of one's own school knows the child, or will. Twice is the same as once. Raises Refused."""
    ensure(may_name(by, handover, organisation_id))
    posts = Post.objects.current(on=timezone.localdate(at)).filter(organisation=organisation_id, user=user_id)
    if not posts.exists():
        raise Refused("This colleague does not work at your school any more. Choose again.")
    made = NamedAdult(
        handover=handover,
        pupil_id=handover.pupil_id,
        school_id=handover.school_id,
        seen_by=handover.seen_by,
        state=handover.state,
        user_id=user_id,
        organisation_id=organisation_id,
        talk_counts=talk_counts and organisation_id == handover.school_id,
        by_id=user_id_of(by),
        at=at,
    )
    NamedAdult.objects.bulk_create([made], ignore_conflicts=True)
    record(
        "handover.adult_named",
        by=by.user_id,
        subject=handover,
        organisation=organisation_id,
        at=at,
        facts={"adult": str(user_id), "counts": made.talk_counts},
    )


@transaction.atomic
def unname_adult(named: NamedAdult, *, by: Viewer, at: datetime) -> None:
    """They are named for this child no longer. What they have talked over stays on record."""
    ensure(may_name(by, named, named.organisation_id))
    if NamedAdult.objects.filter(pk=named.pk).delete()[0]:
        record(
            "handover.adult_unnamed",
            by=by.user_id,
            subject=named.handover,
            organisation=named.organisation_id,
            at=at,
            facts={"adult": str(named.user_id)},
        )


def record_talk(talk_id: uuid.UUID, *, one: uuid.UUID, other: uuid.UUID, at: datetime) -> None:
    """Two colleagues have had their ten minutes. For each child they share it is the conversation, where the lead who
    named the present school's adult said so for that child; else an extra meeting. It is recorded in that lead's own
    reach; where they lead there no longer, nothing is, and the two have talked all the same."""
    for shared in shared_among([one, other]):
        try:
            with transaction.atomic(), rls.acting_as(shared.by_id) as lead:
                held_by(lead, shared, talk_id, at=at)
        except (Refused, PermissionDenied) as reason:
            log.warning("A talk at CPD was not recorded for handover %s: %s", shared.handover_id, reason)


def held_by(lead: Viewer, shared: Shared, talk_id: uuid.UUID, *, at: datetime) -> None:
    handover = Handover.objects.visible_to(lead).filter(pk=shared.handover_id).first()
    ensure(handover is not None)
    assert handover is not None
    hold(
        id=uuid.uuid5(talk_id, str(handover.pk)),
        handovers=[handover],
        held_on=timezone.localdate(at),
        way=ConversationWay.CPD,
        adults=[Adult(shared.present, handover.school_id), Adult(shared.coming, handover.seen_by)],
        notes={},
        by=lead,
        at=at,
        extra=not shared.counts or handover.state != HandoverState.SHARED,
    )

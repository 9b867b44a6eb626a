"""Applying a move of the workflow: check, conditional UPDATE, step, audit, messages, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from partnership.access.guards import user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from partnership.outbox.notices import Notice, enqueue
from schools.enums import Role
from schools.queries.posts import holders
from transitions.models import Handover, HandoverStep
from transitions.workflow import HANDOVER

LEADS = (Role.SENCO, Role.TRANSITION_LEAD)
"""Who is told of a handover at a school; the head sees it on the board and is told only when something is late."""


OTHER_FORM = "This form was used for something else already: open the page again."


class Refused(Exception):
    """The act is not possible as things stand; the text is a sentence for the page."""


class MovedOn(Refused):
    """Somebody else changed it first."""

    def __init__(self) -> None:
        super().__init__("Someone else changed this a moment ago. Look at it again before you go on.")


@transaction.atomic
def apply_move(
    handover: Handover,
    name: str,
    *,
    by: Viewer,
    at: datetime,
    reader_id: uuid.UUID | None = None,
    note: str = "",
    expect: dict[str, Any] | None = None,
    **changes: Any,
) -> Handover:
    """Make one move of the table. Raises NotAllowed, WrongState, or MovedOn when another was quicker; `expect` adds
    columns that must still be as seen."""
    move = HANDOVER.check(handover.state, name, by, handover)
    before = handover.state
    after = move.target or before
    rows = Handover.objects.filter(pk=handover.pk, state=before, **(expect or {}))
    if rows.update(state=after, **changes) == 0:
        raise MovedOn
    for field, value in {"state": str(after), **changes}.items():
        setattr(handover, field, value)
    write_step(handover, move.name, before=before, by=by, at=at, reader_id=reader_id, note=note)
    record(
        str(move.event),
        by=by.user_id,
        subject=handover,
        organisation=handover.school_id,
        at=at,
        facts={"from": before, "to": str(after), "version": handover.latest, "reader": str(reader_id or "")},
    )
    return handover


def write_step(
    handover: Handover,
    move: str,
    *,
    before: str,
    by: Viewer,
    at: datetime,
    reader_id: uuid.UUID | None,
    note: str = "",
) -> HandoverStep:
    """The line in the handover's history. `reader_id` names the next school it concerned, which may then see it."""
    step = HandoverStep(
        handover=handover,
        pupil_id=handover.pupil_id,
        school_id=handover.school_id,
        reader_id=reader_id,
        move=move,
        from_state=before,
        to_state=handover.state,
        version=handover.latest,
        by_id=user_id_of(by),
        at=at,
        note=note,
    )
    step.save(force_insert=True)
    return step


def tell(
    kind: str,
    *,
    organisation_id: uuid.UUID,
    subject_id: uuid.UUID,
    by: Viewer,
    at: datetime,
    mark: str,
    roles: Iterable[str] = LEADS,
    urgency: Urgency = Urgency.DIGEST,
    **facts: Any,
) -> None:
    """Tell the holders of these roles at an organisation, the one who acted excepted. `mark` makes the fact's key."""
    today = timezone.localdate(at)
    people = holders(organisation_id, roles, on=today) or holders(organisation_id, [Role.HEAD], on=today)
    enqueue(
        *(
            Notice(
                key=f"transitions.{kind}:{subject_id}:{mark}:{user_id}",
                kind=f"transitions.{kind}",
                recipient_id=user_id,
                facts={"subject": subject_id, "organisation": organisation_id, **facts},
                due_at=at,
                urgency=urgency,
            )
            for user_id in people
            if user_id != by.user_id
        )
    )

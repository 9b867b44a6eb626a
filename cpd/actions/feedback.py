"""Saying how it was. The answer is kept apart from whose it is."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from cpd.actions.booking import Refused
from cpd.models import Feedback, FeedbackGiven
from cpd.queries.feedback import Asked, find_asked, key_of
from partnership.access import rls
from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record


@transaction.atomic
def give(
    session_id: uuid.UUID,
    step: str,
    *,
    score: int,
    practice: str,
    wish: str,
    by: Viewer,
    at: datetime,
) -> Asked:
    """Answer, or answer otherwise until it closes; a second press changes nothing. Raises Refused, PermissionDenied."""
    asked = find_asked(by, session_id, step, now=at)
    ensure(asked is not None)
    assert asked is not None
    person_id = user_id_of(by)
    key = key_of(person_id, session_id, step)
    answer = {"score": score, "practice": practice, "wish": wish}
    with (
        rls.widened(attended=rls.uuid_array({session_id}), answer=str(key)),
    ):
        given = FeedbackGiven(session_id=session_id, person_id=person_id, step=step)
        FeedbackGiven.objects.bulk_create([given], ignore_conflicts=True)
        if not Feedback.objects.filter(pk=key).update(**answer):
            if asked.given:
                raise Refused("Your answer is in, and cannot be changed any more.")
            Feedback.objects.create(
                pk=key,
                session_id=session_id,
                partnership_id=asked.session.partnership_id,
                step=step,
                **answer,
            )
    if not asked.given:
        record(
            "feedback.given",
            by=by.user_id,
            subject=asked.session,
            organisation=asked.session.partnership_id,
            at=at,
            facts={"step": step},
        )
    return asked

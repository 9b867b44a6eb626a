"""A certificate, made when its person first asks for it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cpd.actions.booking import Refused
from cpd.models import Certificate
from cpd.queries.certificates import claimable
from cpd.rules.codes import new_code
from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record


@transaction.atomic
def issue(session_id: uuid.UUID, *, by: Viewer, at: datetime) -> None:
    """Give the certificate its code; twice is once. Raises Refused, PermissionDenied."""
    claim = claimable(by, session_id, now=at)
    ensure(claim is not None)
    assert claim is not None
    if not claim.over:
        raise Refused("There is a certificate as soon as the session is over.")
    if claim.waits_for_feedback:
        raise Refused("This programme asks how it was first. It takes a minute.")
    if Certificate.objects.visible_to(by).filter(attendance=claim.attendance).exists():
        return
    made = Certificate(
        code=new_code(),
        attendance=claim.attendance,
        person_id=user_id_of(by),
        issued_on=timezone.localdate(at),
    )
    Certificate.objects.bulk_create([made], ignore_conflicts=True)
    record(
        "certificate.issued",
        by=by.user_id,
        subject=claim.attendance,
        organisation=claim.session.partnership_id,
        at=at,
    )

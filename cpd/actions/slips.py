"""Making slips for those without a mail address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cpd.models import Booking, Session, Slip
from cpd.queries.slips import without_mail
from cpd.rules.codes import new_code
from partnership.access.guards import user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record


@transaction.atomic
def make_slips(session: Session, *, by: Viewer, at: datetime) -> Sequence[Booking]:
    """One for each of one's staff in this session who has no address and no slip yet; twice is once."""
    bookings = without_mail(by, session)
    Slip.objects.bulk_create(
        [
            Slip(
                code=new_code(),
                booking=each,
                person_id=each.person_id,
                organisation_id=each.organisation_id,
                by_id=user_id_of(by),
                at=at,
            )
            for each in bookings
        ],
        ignore_conflicts=True,
    )
    for each in bookings:
        record("slip.made", by=by.user_id, subject=each, organisation=each.organisation_id, at=at, facts={})
    return bookings

"""Something in every list, at home and far off, with canary children in whatever could tell of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from partnership.audit.models import record
from partnership.outbox.models import Delivery, Job, Message
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.models import Closure, Duty, Import, ImportRow, Invitation, Organisation
from tests.cast import CANARY, Cast, make_road
from tests.factories.transitions import shared


@pytest.fixture
def world(cast: Cast) -> Cast:
    """The cast, and for each of two clusters a road, a file, an invitation, a parked mail, a job, an audit event."""
    for prefix, here, there in (
        ("", cast.junior, cast.secondary),
        ("stranger_", cast.far_junior, cast.far_secondary),
    ):
        fill(cast, prefix, here, there)
    return cast


def fill(cast: Cast, prefix: str, here: Organisation, there: Organisation) -> None:
    now = timezone.now()
    senco = cast.people[f"{prefix}senco"]
    road = make_road(here, there, forename="Canary", surname=CANARY)
    shared(road.handover, by=senco, body_text=f"{CANARY} text")
    for kind, state in ((ImportKind.CTF, ImportState.REFUSED), (ImportKind.STAFF, ImportState.READY)):
        made = Import.objects.create(
            kind=kind, state=state, organisation=here, by=senco, at=now, counts={"new": 3, "refused": 1},
            file_name=f"{CANARY}.xml" if kind == ImportKind.CTF else "staff.csv",
            warnings=[f"{CANARY} twice"] if kind == ImportKind.CTF else [],
            reason=f"Line 1 names {CANARY}." if kind == ImportKind.CTF else "",
            facts={"name": CANARY}, options={"name": CANARY},
        )  # fmt: skip
        ImportRow.objects.create(
            of=made, line=1, outcome=RowOutcome.REFUSED, key=CANARY, data={"surname": CANARY},
            problems=[{"line": 1, "column": "Surname", "value": CANARY, "reason": f"{CANARY} is too long."}],
        )  # fmt: skip
    Invitation.objects.create(
        post=senco.posts.get(), email=senco.email or "", token_hash=f"token {here.pk}"[:60], created_at=now,
        expires_at=now + timedelta(days=2),
    )  # fmt: skip
    parked = Delivery.objects.create(
        recipient=senco, state="parked", due_at=now, attempts=8, last_error="550 no such box"
    )
    Message.objects.create(
        key=f"k:{here.pk}", recipient=senco, kind="transitions.late", facts={"name": CANARY}, urgency="now", due_at=now,
        needs_mail=False, delivery=parked,
    )  # fmt: skip
    Delivery.objects.create(
        letter={"to": senco.email, "subject": "s", "text": f"{CANARY} secret-link", "html": ""}, state="parked",
        due_at=now, attempts=8, any_hour=True,
    )  # fmt: skip
    Job.objects.create(
        kind="schools.import_ctf", by=senco, state="failed", error=f"{CANARY} broke it", finished_at=now,
        input={"name": CANARY}, result={"name": CANARY},
    )  # fmt: skip
    facts = {"name": CANARY, "role": "senco", "count": 3}
    record("handover.shared", by=senco.pk, subject=road.handover, organisation=here.pk, at=now, facts=facts)
    Closure.objects.create(organisation=here, on=now.date(), reason=f"INSET at {here.name}")
    partnership = cast.far_cluster if prefix else cast.cluster
    Duty.objects.create(
        code="handover_shared_by", title=f"Shared, as {partnership.name} wishes", kind="partnership", unit="day_of_year",
        month=5, day=1, source="The heads", partnership=partnership,
    )  # fmt: skip

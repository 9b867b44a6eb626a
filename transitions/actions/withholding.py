"""Taking one section out of a handover at once: SENCO, head, transition lead or DSL of the present school (practice P9)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from partnership.access.guards import ensure
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.outbox.enums import Urgency
from transitions.actions.applying import tell, write_step
from transitions.models import Handover, Section, Version
from transitions.models.moves import NO_SCHOOL
from transitions.rules import may_withdraw


@transaction.atomic
def withhold(section: Section, handover: Handover, *, reason: str, by: Viewer, at: datetime) -> None:
    """The section goes from every version sent and from what will be sent; who, when and why stay in the history."""
    ensure(may_withdraw(by, handover))
    if not Section.objects.filter(pk=section.pk, withheld=False).update(withheld=True):
        return
    sent = False
    for version in Version.objects.filter(handover=handover):
        body = [
            {"kind": row["kind"], "withheld": True} if row["kind"] == section.kind else row
            for row in version.body
        ]
        if body != version.body:
            Version.objects.filter(pk=version.pk).update(body=body)
            sent = True
    reader = handover.seen_by if handover.seen_by != NO_SCHOOL else None
    write_step(
        handover,
        "withhold",
        before=handover.state,
        by=by,
        at=at,
        reader_id=reader if sent else None,
        note=f"{section.get_kind_display()}: {reason}",
    )
    keep(handover, section, "section.withheld", by=by, at=at)
    if sent and reader:
        tell(
            "section_withheld",
            organisation_id=reader,
            subject_id=handover.pk,
            by=by,
            at=at,
            mark=f"{section.kind}:{at.isoformat()}",
            urgency=Urgency.NOW,
        )


@transaction.atomic
def let_go(section: Section, handover: Handover, *, by: Viewer, at: datetime) -> None:
    """The section may go again, with the next version: whoever may take it out decides that too."""
    ensure(may_withdraw(by, handover))
    if Section.objects.filter(pk=section.pk, withheld=True).update(withheld=False):
        keep(handover, section, "section.let_go", by=by, at=at)


def keep(handover: Handover, section: Section, kind: str, *, by: Viewer, at: datetime) -> None:
    record(
        kind,
        by=by.user_id,
        subject=handover,
        organisation=handover.school_id,
        at=at,
        facts={"section": section.kind},
    )

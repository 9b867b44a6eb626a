"""Who knows a child and who will, named by both SENCOs of the demo: at the next session they find each other."""

from __future__ import annotations

from datetime import datetime, timedelta

from partnership.access import rls
from partnership.accounts.models import User
from partnership.home.world.places import MILLBROOK, NORTHFIELD
from partnership.home.world.story import holder
from schools.enums import Role
from schools.models import Organisation
from transitions.actions.naming import name_adult
from transitions.enums import HandoverState
from transitions.models import Handover

KNOWS, WILL = "Wendy Pocock", "Shabana Mirza"


def lay_together(*, now: datetime) -> None:
    """Of one child whose handover waits to be talked over; ten minutes at CPD count for it."""
    present, coming = (Organisation.objects.get(urn=place.urn) for place in (MILLBROOK, NORTHFIELD))
    handover = Handover.objects.filter(
        school=present, seen_by=coming.pk, state=HandoverState.SHARED, kind="send", received_at__isnull=False
    ).earliest("shared_at")
    for school, name in ((present, KNOWS), (coming, WILL)):
        with rls.acting_as(holder(school, Role.SENCO).pk) as lead:
            name_adult(
                handover,
                user_id=User.objects.get(name=name).pk,
                organisation_id=school.pk,
                talk_counts=True,
                by=lead,
                at=now - timedelta(days=1),
            )

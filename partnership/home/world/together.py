"""Who knows a child and who will, named by both SENCOs of the demo: at the next session they find each other."""

from __future__ import annotations

from datetime import datetime, timedelta

from cpd.actions.talks import offer_talk
from cpd.models import Session
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
    """Of one child whose handover waits to be talked over; ten minutes at CPD count for it, and are offered at the next
    session of both."""
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
    mirza, pocock = (User.objects.get(name=name) for name in (WILL, KNOWS))
    both = Session.objects.filter(bookings__person=mirza, capacity__gte=8).filter(bookings__person=pocock)
    session = (
        both.filter(starts_at__gt=now + timedelta(days=1)).select_related("programme").earliest("starts_at")
    )
    with rls.acting_as(mirza.pk, mfa=False) as viewer:
        offer_talk(session, to=pocock.pk, starts_at=session.ends_at, by=viewer, at=now - timedelta(hours=3))

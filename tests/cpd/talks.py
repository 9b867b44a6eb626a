"""A session with four of two schools in it, two of whom share a child: for the tests of their ten minutes."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cpd.models import Session
from partnership.access import rls
from partnership.accounts.models import User
from tests.cast import Cast, Road
from tests.factories.cpd import BookingFactory, ProgrammeFactory, SessionFactory
from transitions.actions.naming import name_adult
from transitions.models import Handover


def in_two_hours(cast: Cast) -> Session:
    now = timezone.now()
    made = SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster),
        starts_at=now + timedelta(hours=2),
        opens_at=now - timedelta(days=9),
        closes_at=now + timedelta(hours=1),
    )
    for person, school in (
        (cast.support_staff, cast.junior),
        (cast.class_teacher, cast.junior),
        (cast.next_support_staff, cast.secondary),
        (cast.next_class_teacher, cast.secondary),
    ):
        BookingFactory(session=made, person=person, organisation=school)
    return made


def name(road: Road, lead: User, person: User, *, counts: bool = False) -> None:
    with rls.acting_as(lead.pk) as viewer:
        handover = Handover.objects.get(pk=road.handover.pk)
        name_adult(
            handover,
            user_id=person.pk,
            organisation_id=person.posts.get().organisation_id,
            talk_counts=counts,
            by=viewer,
            at=timezone.now(),
        )


def pair(cast: Cast, road: Road) -> Road:
    """The present school said that ten minutes count for this child."""
    name(road, cast.senco, cast.support_staff, counts=True)
    name(road, cast.next_senco, cast.next_support_staff)
    return road

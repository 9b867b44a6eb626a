"""A row of each of the desk's records at home and far off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cpd.models import Session, TrainingKind
from partnership.audit.models import record
from partnership.outbox.models import Delivery, Job, Message
from schools.models import Acceptance, BankHoliday, Closure, Controller, Duty, HalfTerm
from tests.factories.schools import agreement
from tests.meta.world import Thing, World

PLACES = {"home": "", "stranger": "stranger_"}


def session_of(thing: Thing) -> Session:
    """What the thing's partnership offers."""
    assert thing.booking is not None
    return thing.booking.session


def rows_at(world: World, place: str) -> dict[str, Any]:
    """One row of every kind of record that belongs to this place, by the admin's name for it."""
    cast, thing, now = world.cast, world.things[place], timezone.now()
    person = world.people[f"{PLACES[place]}senco"].user
    la = cast.la if place == "home" else cast.far_la
    partnership = cast.cluster if place == "home" else cast.far_cluster
    parked = Delivery.objects.create(
        recipient=person, state="parked", due_at=now, attempts=8, last_error="550 no"
    )
    message = Message.objects.create(
        key=f"parked {place}", recipient=person, kind="transitions.handover_shared", facts={"name": thing.surname},
        urgency="now", due_at=now, needs_mail=False, delivery=parked,
    )  # fmt: skip
    job = Job.objects.create(
        kind="schools.import", by=person, state="failed", error=f"{thing.surname} broke it", finished_at=now,
        input={"name": thing.surname}, result={"name": thing.surname},
    )  # fmt: skip
    about: dict[str, Any] = {"subject": thing.road.handover, "organisation": thing.school.pk}
    return {
        "schools_organisation": thing.school,
        "schools_academicyear": HalfTerm.objects.filter(organisation=la)[0].year,
        "schools_halfterm": HalfTerm.objects.filter(organisation=la)[0],
        "schools_closure": Closure.objects.create(organisation=thing.school, on=now.date()),
        "schools_bankholiday": BankHoliday.objects.get_or_create(on=date(2026, 12, 25), title="Christmas Day")[0],
        "schools_duty": Duty.objects.create(
            code="wish", title="A wish", kind="partnership", unit="days", amount=3, source="The heads",
            partnership=partnership, effective_from=now.date() - timedelta(days=9),
        ),
        "schools_import": thing.file,
        "schools_agreement": agreement(),
        "schools_acceptance": Acceptance.objects.get(organisation=thing.school),
        "schools_controller": Controller.objects.get_or_create(
            organisation=thing.school, defaults={"kind": "governing_body", "name": f"Of {thing.school}", "at": now}
        )[0],
        "schools_post": person.posts.get(),
        "schools_invitation": thing.invitation,
        "accounts_user": person,
        "transitions_transition": thing.road.move,
        "cpd_programme": session_of(thing).programme,
        "cpd_session": session_of(thing),
        "cpd_day": thing.day,
        "cpd_trainingkind": TrainingKind.objects.create(
            code="prevent", title="Prevent", months=12, source="The heads", partnership=partnership
        ),
        "audit_event": record("handover.shared", by=person.pk, at=now, facts={"name": thing.surname}, **about),
        "outbox_delivery": parked,
        "outbox_message": message,
        "outbox_job": job,
    }  # fmt: skip

"""Every school of the cluster has accepted the sharing agreement, the academies through their trust; one has yet to."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from partnership.access import rls
from partnership.home.world import places
from partnership.home.world.story import holder
from schools.actions.agreements import accept_agreement, name_controller
from schools.admin.agreements import draft
from schools.enums import ControllerKind, OrganisationKind, Role
from schools.models import Agreement, Organisation

WAITS = places.LITTLE_WEND
"""Its head finds the agreement to read and accept; until then none of its children comes in."""
LONG_AGO = timedelta(days=240)


def accept_all(*, now: datetime) -> None:
    """Published by the county's coordinator, accepted by each head and by the trust's leader."""
    day = timezone.localdate(now - LONG_AGO)
    Agreement.objects.create(
        version=1, effective_from=day, binding_from=day, text=draft(), published_at=now - LONG_AGO
    )
    trust = Organisation.objects.get(kind=OrganisationKind.TRUST, name=places.TRUST)
    accept(trust, Role.TRUST_LEADER, kind=ControllerKind.TRUST, name=places.TRUST, at=now - LONG_AGO)
    for number, place in enumerate(places.CLUSTER_PLACES, 1):
        school = Organisation.objects.get(urn=place.urn)
        if not place.in_trust and place is not WAITS:
            name = f"The Governing Body of {place.name}"
            at = now - LONG_AGO + timedelta(days=number)
            accept(school, Role.HEAD, kind=ControllerKind.GOVERNING_BODY, name=name, at=at)


def accept(organisation: Organisation, role: Role, *, kind: ControllerKind, name: str, at: datetime) -> None:
    """As its head or leader does it on the page."""
    with rls.acting_as(holder(organisation, role).pk) as viewer:
        name_controller(
            organisation, kind=kind, name=name, ico_number="", dpo_name="Judith Baptiste",
            dpo_email="dpo@wendlebury-dp.example", dpo_telephone="", by=viewer, at=at,
        )  # fmt: skip
        accept_agreement(organisation, version=1, by=viewer, at=at)

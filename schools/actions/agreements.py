"""Naming the controller and accepting the agreement for it (practice P1). Publishing is the desk's own form."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from partnership.access.guards import ensure, user_id_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from schools.models import Acceptance, Controller, Organisation
from schools.queries.agreements import agreement_to_read, party_of
from schools.rules import may_act_as_controller, roles_with


class NotAcceptable(Exception):
    """The agreement cannot be accepted as things stand; the text is a sentence for the page."""


@transaction.atomic
def name_controller(
    organisation: Organisation,
    *,
    kind: str,
    name: str,
    ico_number: str,
    dpo_name: str,
    dpo_email: str,
    dpo_telephone: str,
    by: Viewer,
    at: datetime,
) -> Controller:
    """Say who the controller is and who its data protection officer. Raises PermissionDenied."""
    ensure(may_act_as_controller(by, organisation.pk))
    controller, _ = Controller.objects.update_or_create(
        organisation=organisation,
        defaults={
            "kind": kind,
            "name": name,
            "ico_number": ico_number,
            "dpo_name": dpo_name,
            "dpo_email": dpo_email,
            "dpo_telephone": dpo_telephone,
            "by_id": user_id_of(by),
            "at": at,
        },
    )
    record("controller.named", by=by.user_id, subject=organisation, organisation=organisation.pk, at=at)
    return controller


@transaction.atomic
def accept_agreement(organisation: Organisation, *, version: int, by: Viewer, at: datetime) -> Acceptance:
    """Accept the version that was read, for the organisation's controller. A second press changes nothing.

    Raises PermissionDenied, or NotAcceptable where the controller is not named or a newer version was published."""
    ensure(may_act_as_controller(by, organisation.pk))
    today = timezone.localdate(at)
    party, agreement = party_of(by, organisation.pk, on=today), agreement_to_read(on=today)
    if party is None or not party.complete or party.controller is None:
        raise NotAcceptable("Say first who the controller is and who its data protection officer.")
    if agreement is None or agreement.version != version:
        raise NotAcceptable("A newer version was published since you opened this page: read it first.")
    try:
        with transaction.atomic():
            accepted = Acceptance(
                organisation=organisation,
                agreement=agreement,
                version=agreement.version,
                controller_name=party.controller.name,
                name=by.name,
                role=role_of(by, organisation.pk),
                by_id=user_id_of(by),
                at=at,
            )
            accepted.save(force_insert=True)
    except IntegrityError:  # pressed twice, or by two at once: the first stands
        return Acceptance.objects.get(organisation=organisation, version=agreement.version)
    record(
        "agreement.accepted",
        by=by.user_id,
        subject=organisation,
        organisation=organisation.pk,
        at=at,
        facts={"version": agreement.version},
    )
    return accepted


def role_of(viewer: Viewer, organisation_id: uuid.UUID) -> str:
    """The post by which the viewer answers for this organisation."""
    with_authority = roles_with(Permission.ACT_AS_CONTROLLER)
    return next(
        post.role
        for post in viewer.posts
        if post.organisation_id == organisation_id and post.role in with_authority
    )

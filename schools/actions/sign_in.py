"""Letting an organisation's people sign in with its own Microsoft or Google accounts, or no longer."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.accounts.vault import vault
from partnership.audit.models import record
from schools.models import Organisation, SignInMethod


@transaction.atomic
def set_method(
    *,
    organisation: Organisation,
    kind: str,
    tenant: str,
    client_id: str,
    secret: str,
    by: Viewer,
    at: datetime,
) -> SignInMethod:
    """One tenant of each kind; the next takes the place of the one before. An empty secret keeps the one there is."""
    ensure_may_set(by, organisation)
    values = {"tenant": tenant, "client_id": client_id, "changed_at": at}
    if secret:
        values["secret"] = vault().encrypt(secret.encode()).decode()
    method, _ = SignInMethod.objects.update_or_create(organisation=organisation, kind=kind, defaults=values)
    record(
        "sign_in.set",
        by=by.user_id,
        subject=method,
        organisation=organisation.pk,
        at=at,
        facts={"kind": kind},
    )
    return method


@transaction.atomic
def remove_method(*, method: SignInMethod, by: Viewer, at: datetime) -> None:
    """From now on nobody comes in by it; their passwords and passkeys stay."""
    ensure_may_set(by, method.organisation)
    record(
        "sign_in.removed",
        by=by.user_id,
        subject=method,
        organisation=method.organisation_id,
        at=at,
        facts={"kind": method.kind},
    )
    method.delete()


def ensure_may_set(by: Viewer, organisation: Organisation) -> None:
    """Raises PermissionDenied."""
    if not by.may(Permission.SET_SIGN_IN, organisation.pk):
        raise PermissionDenied

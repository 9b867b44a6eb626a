"""With which of its own accounts an organisation's people may sign in."""

from __future__ import annotations

import uuid

from django.db import models

from schools.enums import SignInKind
from schools.models.organisations import Organisation


class SignInMethod(models.Model):
    """One tenant of one organisation; no row is none. The secret lies encrypted (`partnership.accounts.vault`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sign_in_methods")
    kind = models.CharField(max_length=10, choices=SignInKind)
    tenant = models.CharField(max_length=253)
    client_id = models.CharField(max_length=200)
    secret = models.TextField(editable=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="sign_in_method_unique"),
            models.CheckConstraint(condition=~models.Q(tenant=""), name="sign_in_method_own_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.organisation}"

    @property
    def name(self) -> str:
        """How addresses name it; known before anything is registered."""
        return name_of(self.kind, self.organisation_id)


def name_of(kind: str, organisation_id: uuid.UUID) -> str:
    return f"{kind}-{organisation_id}"

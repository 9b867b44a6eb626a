"""The mail: one row per mail that must go out, claimed with a lease and never lost."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from partnership.outbox.enums import DeliveryState


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self, *, at: datetime) -> DeliveryQuerySet:
        """Due to be tried now."""
        return self.filter(state=DeliveryState.WAITING, due_at__lte=at)

    def stuck(self, *, at: datetime) -> DeliveryQuerySet:
        """Claimed by a worker whose lease has run out: it was killed, or hangs."""
        return self.filter(state=DeliveryState.SENDING, lease_until__lt=at)

    def parked(self) -> DeliveryQuerySet:
        return self.filter(state=DeliveryState.PARKED)


class Delivery(models.Model):
    """One mail: to one person with one or many messages, or a letter (an account's own mail) to one address.

    The mail's Message-ID is made of this row's id, so a second copy after a kill can be told as one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    day = models.DateField("digest of", null=True)
    letter = models.JSONField(null=True, editable=False)
    letter_to = models.GeneratedField(
        expression=KeyTextTransform("to", "letter"),
        output_field=models.TextField(null=True),
        db_persist=True,
        editable=False,
    )
    """To whom a letter goes: all that the app may read of it."""
    any_hour = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    due_at = models.DateTimeField("next try")
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    sent_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["due_at", "recipient", "id"], name="delivery_waiting", condition=Q(state="waiting")
            ),
            models.Index(fields=["lease_until"], name="delivery_leased", condition=Q(state="sending")),
            models.Index(fields=["created_at"], name="delivery_parked", condition=Q(state="parked")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "day"], name="delivery_one_digest_a_day"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state="sending", lease__isnull=False, lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease__isnull=True, lease_until__isnull=True)),
                name="delivery_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="delivery_sent_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.due_at:%Y-%m-%d %H:%M}"

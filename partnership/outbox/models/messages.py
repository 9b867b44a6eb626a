"""The inbox: one row per fact and person. Text is made when it is shown or sent, never stored."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from partnership.outbox.enums import Urgency
from partnership.outbox.models.deliveries import Delivery

if TYPE_CHECKING:
    from partnership.access.viewer import Viewer


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, viewer: Viewer) -> MessageQuerySet:
        """A person's own, and nobody else's, whatever their post."""
        return self.filter(recipient_id=viewer.user_id) if viewer.user_id else self.none()

    def in_inbox(self, *, at: datetime) -> MessageQuerySet:
        """Due by now, and still so."""
        return self.filter(due_at__lte=at, dropped_reason="")

    def unread(self) -> MessageQuerySet:
        return self.filter(read_at__isnull=True)

    def unplanned(self) -> MessageQuerySet:
        """Nobody has said yet when and how their mail goes."""
        return self.filter(needs_mail=True, mail_at=None)

    def awaiting_mail(self, *, at: datetime) -> MessageQuerySet:
        """Their time has come, and no delivery made of them yet."""
        return self.filter(needs_mail=True, mail_at__lte=at)


class Message(models.Model):
    """One fact for one person. The key states the fact once, so that telling it twice leaves one row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=300, unique=True)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    urgency = models.CharField(max_length=10, choices=Urgency)
    due_at = models.DateTimeField("due")
    created_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    read_at = models.DateTimeField("read", null=True)
    dropped_reason = models.CharField("no longer so", max_length=100, blank=True)
    needs_mail = models.BooleanField(default=True)
    mail_as = models.CharField(max_length=10, choices=Urgency, blank=True)
    mail_at = models.DateTimeField(null=True)
    """How and when its mail goes, as its recipient wishes: said once, and anew when they wish otherwise."""
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="messages")

    about: Any = None  # what the message is about, laid here by its kind's `load` while it is worded

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["recipient", "-due_at"], name="message_inbox", condition=Q(dropped_reason="")
            ),
            models.Index(
                fields=["recipient", "due_at"],
                name="message_unread",
                condition=Q(dropped_reason="", read_at__isnull=True),
            ),
            models.Index(fields=["mail_at"], name="message_needs_mail", condition=Q(needs_mail=True)),
            models.Index(
                fields=["kind"],
                name="message_open_kind",
                condition=Q(dropped_reason="", read_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="message_urgency_known"),
            models.CheckConstraint(condition=~Q(key="") & ~Q(kind=""), name="message_says_what"),
            models.CheckConstraint(
                condition=Q(mail_as="", mail_at__isnull=True)
                | Q(mail_as__in=Urgency.values, mail_at__isnull=False),
                name="message_planned_whole",
            ),
            models.CheckConstraint(
                condition=Q(delivery__isnull=True) | Q(needs_mail=False), name="message_mailed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d}"

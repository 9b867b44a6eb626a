"""The secret address at which a person's own calendar asks for their places."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.conf import settings
from django.db import models

from partnership.access.viewer import Viewer


class FeedQuerySet(models.QuerySet["Feed"]):
    def visible_to(self, viewer: Viewer) -> FeedQuerySet:
        """One's own, and nobody else's."""
        return self.filter(person_id=viewer.user_id) if viewer.user_id else self.none()


class Feed(models.Model):
    """At most one for a person. Of its secret only a hash is kept, so the address is shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    objects = FeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Since {self.made_at:%Y-%m-%d}"

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def hashed(token: str) -> str:
        """A token has 256 bits, so one round will do."""
        return hashlib.sha256(token.encode()).hexdigest()

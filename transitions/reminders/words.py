"""What messages about a child share: who may be named, where the link leads, when a day begins."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.urls import reverse

from partnership.access.viewer import Viewer

if TYPE_CHECKING:
    from partnership.outbox.models import Message
    from transitions.models import Transition

HIDDEN = "A child"
"""How a child is called where no second factor stands behind the session: pages about children would ask for it."""


def name_of(transition: Transition, viewer: Viewer) -> str:
    return transition.pupil.display_name if viewer.mfa else HIDDEN


def child_url(transition_id: uuid.UUID | str) -> str:
    return reverse("transitions:child", args=[transition_id])


def subject_of(message: Message) -> uuid.UUID:
    """The handover, move or conversation a message is about."""
    return uuid.UUID(message.facts["subject"])

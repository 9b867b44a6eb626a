"""A former school that has not confirmed is reminded, by reference alone; the present one hears when it has."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from partnership.access.viewer import Viewer
from partnership.outbox import reminders
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import Rendered
from partnership.outbox.times import morning
from transitions.queries.closings import find_at_former, overdue
from transitions.reminders.topics import DUE, NEWS
from transitions.reminders.words import subject_of

if TYPE_CHECKING:
    from partnership.outbox.models import Message

DESTROY = "transitions.destroy_due"


def due(*, today: date) -> Iterator[Notice]:
    """One notice for each place that is late, to each person who answers for handovers there."""
    for late in overdue(today=today):
        for user_id in late.told:
            yield Notice(
                key=f"{DESTROY}:{late.place_id}:{user_id}",
                kind=DESTROY,
                recipient_id=user_id,
                facts={"subject": late.place_id, "due": late.due_on},
                due_at=morning(today),
            )


def load(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    found = {message.pk: find_at_former(viewer, subject_of(message)) for message in messages}
    return {key: place for key, place in found.items() if place is not None}


def still_true(message: Message, viewer: Viewer) -> bool:
    """Until somebody has confirmed; without a second factor the place cannot be seen, so the reminder stands."""
    return not viewer.mfa or (message.about is not None and message.about.destroyed_at is None)


def word_due(message: Message, viewer: Viewer) -> Rendered:
    named = f" (reference {message.about.reference})" if message.about is not None else ""
    return Rendered(
        subject="Copies of a handover wait to be destroyed",
        line=f"A child who was coming to you goes elsewhere{named}. Confirm that prints and downloads are destroyed.",
        url=reverse("transitions:closed_places"),
        action="Confirm that it is destroyed",
    )


def word_destroyed(message: Message, viewer: Viewer) -> Rendered:
    """To the present school."""
    reference = str(message.facts.get("reference", "")).upper()
    return Rendered(
        subject="A former school has destroyed its copies",
        line=f"What was printed or downloaded of {reference} is destroyed there.",
        url=reverse("transitions:leaving"),
        action="Open the leaving board",
    )


reminders.register(
    DESTROY, render=word_due, still_true=still_true, generator=due, load=load, complete=True, topic=DUE
)
reminders.register("transitions.copies_destroyed", render=word_destroyed, topic=NEWS)

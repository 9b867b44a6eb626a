"""A file of the next school has said where children go: their present school hears of it, by number alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from partnership.access.viewer import Viewer
from partnership.outbox import reminders
from partnership.outbox.reminders import Rendered
from schools.queries.due import names_of
from transitions.reminders.topics import NEWS

if TYPE_CHECKING:
    from partnership.outbox.models import Message


def load(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    """The names of the next schools, which are no secret."""
    wanted = {message.pk: message.facts.get("next_school") for message in messages}
    names = names_of({uuid.UUID(school) for school in wanted.values() if school})
    return {key: names.get(uuid.UUID(school), "") for key, school in wanted.items() if school}


def render(message: Message, viewer: Viewer) -> Rendered:
    """Nobody is named, so it reads the same in mail."""
    who = message.about or "The next school"
    number, added = int(message.facts.get("children", 0)), int(message.facts.get("added", 0))
    line = f"A file of {who} has recorded the places of {number} of your children."
    if number == 1:
        line = f"A file of {who} has recorded the place of one of your children."
    if added:
        line += f" You had not entered {added} of them: look whether they are yours."
    return Rendered(
        subject=f"{who} has recorded where children of yours go",
        line=f"{line} The board shows who; where a place is wrong, change it on the child’s page.",
        url=reverse("transitions:leaving"),
        action="Open the leaving board",
    )


reminders.register("transitions.places_listed", render=render, load=load, topic=NEWS)

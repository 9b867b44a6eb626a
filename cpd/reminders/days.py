"""Messages about what is to be chosen or decided: workshops of a joint day; a session for which too few have a place."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from cpd.queries.days import chosen_by
from cpd.queries.deciding import to_decide, undecided
from cpd.reminders.booking import REMINDERS
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.outbox import reminders
from partnership.outbox.enums import Urgency, Way
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import Rendered
from partnership.outbox.times import morning
from partnership.outbox.topics import Topic

if TYPE_CHECKING:
    from partnership.outbox.models import Message

DECIDE = "cpd.decide"
DECISIONS = Topic(
    "cpd.decisions",
    "Too few have a place in a session: go or no go",
    38,
    permissions=(Permission.COORDINATE,),
    usual=Way.NOW,
)


def load_days(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    found = chosen_by(viewer, {uuid.UUID(message.facts["subject"]) for message in messages})
    pairs = ((message.pk, found.get(uuid.UUID(message.facts["subject"]))) for message in messages)
    return {pk: about for pk, about in pairs if about is not None}


def still_to_choose(message: Message, viewer: Viewer) -> bool:
    """Choosing is open, and not all is chosen yet."""
    if not isinstance(message.about, tuple):
        return False
    day, chosen = message.about
    return not chosen and day.opens_at <= timezone.now() < day.closes_at


def word_day_asked(message: Message, viewer: Viewer) -> Rendered:
    day, _ = message.about
    until = timezone.localdate(day.closes_at)
    return Rendered(
        subject=f"Choose your workshops for “{day.title}”",
        line=f"Your school asks you to choose by {day_words(until)}. The day is {day_words(day.on)}.",
        url=reverse("cpd:choose_day", args=[day.pk]),
        action="Choose your workshops",
    )


def due_decide(*, today: date) -> Iterator[Notice]:
    """Once to each coordinator, from the day on which it is to be decided, while too few have a place."""
    for each in undecided(today=today):
        yield Notice(
            key=f"{DECIDE}:{each.session_id}:{each.decide_on}:{each.coordinator_id}",
            kind=DECIDE,
            recipient_id=each.coordinator_id,
            facts={"subject": each.session_id},
            due_at=morning(today),
            urgency=Urgency.NOW,
        )


def load_to_decide(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    found = to_decide(viewer, {uuid.UUID(message.facts["subject"]) for message in messages})
    pairs = ((message.pk, found.get(uuid.UUID(message.facts["subject"]))) for message in messages)
    return {pk: about for pk, about in pairs if about is not None}


def waits_for_decision(message: Message, viewer: Viewer) -> bool:
    return isinstance(message.about, tuple) and bool(message.about[2])


def word_decide(message: Message, viewer: Viewer) -> Rendered:
    session, taken, _ = message.about
    day = day_words(timezone.localdate(session.starts_at), today=timezone.localdate())
    return Rendered(
        subject=f"Does “{session.name}” go ahead?",
        line=f"{taken} {'has' if taken == 1 else 'have'} a place and it needs {session.minimum}. It is planned for {day}.",
        url=reverse("cpd:decide", args=[session.pk]),
        action="Decide",
    )


reminders.register(
    "cpd.day_asked", render=word_day_asked, still_true=still_to_choose, load=load_days, topic=REMINDERS
)
reminders.register(
    DECIDE,
    render=word_decide,
    still_true=waits_for_decision,
    generator=due_decide,
    load=load_to_decide,
    complete=True,
    topic=DECISIONS,
)

"""Messages about conversations: planned, tomorrow, called off. They name the schools and count the children."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words, in_words
from partnership.lib.names import within_a_sentence
from partnership.outbox import reminders
from partnership.outbox.enums import Urgency
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import Rendered
from partnership.outbox.times import morning
from transitions.queries.due import conversations_near
from transitions.queries.standing import conversations_of
from transitions.reminders.topics import TALK_OFF, TALKS
from transitions.reminders.words import subject_of

if TYPE_CHECKING:
    from partnership.outbox.models import Message
    from transitions.models import Conversation

TOMORROW = "transitions.conversation_tomorrow"


def due_conversations(*, today: date) -> Iterator[Notice]:
    """One notice to each adult who takes part, from the school day before."""
    for coming in conversations_near(today=today):
        for user_id in coming.told:
            yield Notice(
                key=f"{TOMORROW}:{coming.conversation_id}:{coming.planned_for}:{user_id}",
                kind=TOMORROW,
                recipient_id=user_id,
                facts={"subject": coming.conversation_id, "on": coming.planned_for},
                due_at=morning(today),
                urgency=Urgency.NOW,
            )


def load(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    """The conversations as the viewer may see them; nothing without a second factor."""
    found = conversations_of(viewer, {subject_of(message) for message in messages}) if viewer.mfa else {}
    return {message.pk: found[pk] for message in messages if (pk := subject_of(message)) in found}


def still_planned(message: Message, viewer: Viewer) -> bool:
    """Neither held nor called off, and on the day that was told."""
    conversation: Conversation | None = message.about
    if conversation is None:
        return not viewer.mfa
    return (
        conversation.held_on is None
        and conversation.cancelled_at is None
        and str(conversation.planned_for) == message.facts["on"]
        and conversation.planned_for is not None
        and conversation.planned_for >= timezone.localdate()
    )


def called_off(message: Message, viewer: Viewer) -> bool:
    conversation: Conversation | None = message.about
    return conversation is not None and conversation.cancelled_at is not None


def word_tomorrow(message: Message, viewer: Viewer) -> Rendered:
    today = timezone.localdate()
    day = date.fromisoformat(message.facts["on"])
    when = day_words(day, today=today)
    near = in_words(day, today=today)
    subject = f"A conversation is {near if near in ('today', 'tomorrow') else 'on ' + when}"
    return worded(
        message, viewer, subject=subject, line=f"{near.capitalize()}, {when}{detail(message, viewer)}."
    )


def word_planned(message: Message, viewer: Viewer) -> Rendered:
    when = day_words(date.fromisoformat(message.facts["on"]), today=timezone.localdate())
    return worded(
        message,
        viewer,
        subject=f"A conversation is planned for {when}",
        line=f"{when}{detail(message, viewer)}.",
    )


def word_called_off(message: Message, viewer: Viewer) -> Rendered:
    return worded(
        message,
        viewer,
        subject="A conversation has been called off",
        line=f"The conversation{detail(message, viewer)} does not take place. Plan another day when it suits.",
    )


def worded(message: Message, viewer: Viewer, *, subject: str, line: str) -> Rendered:
    conversation: Conversation | None = message.about
    if conversation is not None:
        url = reverse("transitions:conversation", args=[conversation.pk])
        return Rendered(subject=subject, line=line, url=url, action="Open the conversation")
    return Rendered(subject=subject, line=line, url=reverse("transitions:leaving"), action="Open the board")


def detail(message: Message, viewer: Viewer) -> str:
    """ " at 15:30 with Northfield School, by video", as far as the viewer may know it."""
    conversation: Conversation | None = message.about
    if conversation is None:
        return ""
    here = {post.organisation_id for post in viewer.posts}
    other = conversation.school if conversation.reader_id in here else conversation.reader
    at = f" at {conversation.planned_time:%H:%M}" if conversation.planned_time else ""
    return f"{at} with {other.name}, {within_a_sentence(str(conversation.get_way_display()))}"


reminders.register(
    TOMORROW,
    render=word_tomorrow,
    still_true=still_planned,
    generator=due_conversations,
    load=load,
    complete=True,
    topic=TALKS,
)
reminders.register(
    "transitions.conversation_planned", render=word_planned, still_true=still_planned, load=load, topic=TALKS
)
reminders.register(
    "transitions.conversation_cancelled",
    render=word_called_off,
    still_true=called_off,
    load=load,
    any_hour=True,
    topic=TALK_OFF,
)

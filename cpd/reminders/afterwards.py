"""Messages that ask how a session was, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from cpd.enums import Step
from cpd.queries import feedback
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.outbox import reminders
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import Rendered
from partnership.outbox.times import morning

if TYPE_CHECKING:
    from partnership.outbox.models import Message

FEEDBACK = "cpd.feedback"


def due_feedback(*, today: date) -> Iterator[Notice]:
    """Once to each who may answer and has not; gone again when they have, or when it is closed."""
    for each in feedback.to_remind(today=today):
        yield Notice(
            key=f"{FEEDBACK}:{each.session_id}:{each.step}:{each.person_id}",
            kind=FEEDBACK,
            recipient_id=each.person_id,
            facts={"subject": each.session_id, "step": str(each.step)},
            due_at=morning(today),
        )


def load(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    asked = {
        (str(each.session.pk), str(each.step)): each
        for each in feedback.asked_of(viewer, now=timezone.now())
        if not each.given
    }
    pairs = (
        (message.pk, asked.get((message.facts["subject"], message.facts["step"]))) for message in messages
    )
    return {pk: each for pk, each in pairs if each is not None}


def is_asked(message: Message, viewer: Viewer) -> bool:
    return isinstance(message.about, feedback.Asked)


SUBJECTS: Mapping[str, str] = {
    Step.BEFORE: "Three questions before “{name}”",
    Step.DAY: "How was “{name}”? Three questions, one minute",
    Step.IMPACT: "What came of “{name}”?",
}


def word_feedback(message: Message, viewer: Viewer) -> Rendered:
    asked = message.about
    assert isinstance(asked, feedback.Asked)
    until = day_words(timezone.localdate(asked.window.closes_at), today=timezone.localdate())
    lines = {
        Step.BEFORE: "So that it starts where you are.",
        Step.DAY: f"Nobody reads your answer with your name. Open until {until}.",
        Step.IMPACT: f"Look back at what you wanted to try, and what came of it. Open until {until}.",
    }
    return Rendered(
        subject=SUBJECTS[asked.step].format(name=asked.session.name),
        line=lines[asked.step],
        url=reverse("cpd:feedback", args=[asked.session.pk, str(asked.step)]),
        action="Answer",
    )


reminders.register(
    FEEDBACK, render=word_feedback, still_true=is_asked, generator=due_feedback, load=load, complete=True
)

"""Messages that ask how a session was and what came of it, that a certificate is withdrawn, that a training runs out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from cpd.enums import Step
from cpd.queries import certificates, feedback, training
from cpd.queries.passport import entered_for, passport_of
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words, in_words
from partnership.outbox import reminders
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import Rendered
from partnership.outbox.times import morning

if TYPE_CHECKING:
    from partnership.outbox.models import Message

FEEDBACK, TRAINING = "cpd.feedback", "cpd.training"


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


def word_feedback(message: Message, viewer: Viewer) -> Rendered:
    asked = message.about
    assert isinstance(asked, feedback.Asked)
    until = day_words(asked.window.last_day, today=timezone.localdate())
    name = asked.session.name
    subjects = {
        Step.BEFORE: f"Three questions before “{name}”",
        Step.DAY: f"How was “{name}”? Three questions, one minute",
        Step.IMPACT: f"What came of “{name}”?",
    }
    lines = {
        Step.BEFORE: "So that it starts where you are.",
        Step.DAY: f"Nobody reads your answer with your name. Open until {until}.",
        Step.IMPACT: f"Look back at what you wanted to try, and what came of it. Open until {until}.",
    }
    return Rendered(
        subject=subjects[asked.step],
        line=lines[asked.step],
        url=reverse("cpd:feedback", args=[asked.session.pk, str(asked.step)]),
        action="Answer",
    )


reminders.register(
    FEEDBACK, render=word_feedback, still_true=is_asked, generator=due_feedback, load=load, complete=True
)


def load_withdrawn(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    """The reader's certificates for these sessions, where they do not hold now."""
    sessions = {message.facts["subject"] for message in messages}
    proofs = {each: certificates.my_proof(viewer, uuid.UUID(each)) for each in sessions}
    pairs = ((message.pk, proofs[message.facts["subject"]]) for message in messages)
    return {pk: proof for pk, proof in pairs if proof is not None and not proof.valid}


def is_withdrawn(message: Message, viewer: Viewer) -> bool:
    return isinstance(message.about, certificates.Proof)


def word_withdrawn(message: Message, viewer: Viewer) -> Rendered:
    proof = message.about
    assert isinstance(proof, certificates.Proof)
    return Rendered(
        subject=f"Your certificate for “{proof.title}” is withdrawn",
        line="The register was corrected: you were not there. If that is a mistake, tell whoever led the session.",
        url=reverse("cpd:certificate", args=[proof.session_id]),
        action="Open the certificate",
    )


reminders.register("cpd.withdrawn", render=word_withdrawn, still_true=is_withdrawn, load=load_withdrawn)


def load_entered(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    found = entered_for(viewer, [uuid.UUID(message.facts["subject"]) for message in messages])
    pairs = ((message.pk, found.get(uuid.UUID(message.facts["subject"]))) for message in messages)
    return {pk: entry for pk, entry in pairs if entry is not None}


def is_entered(message: Message, viewer: Viewer) -> bool:
    return message.about is not None


def word_entered(message: Message, viewer: Viewer) -> Rendered:
    entry: Any = message.about
    return Rendered(
        subject=f"{entry.school.name} entered “{entry.title}” in your CPD passport",
        line="If it is wrong, say so there: it then counts for nothing until they have corrected it.",
        url=reverse("cpd:passport"),
        action="Open your passport",
    )


reminders.register("cpd.entered", render=word_entered, still_true=is_entered, load=load_entered)


def due_training(*, today: date) -> Iterator[Notice]:
    """Once to each whose training ends soon; gone when it is renewed."""
    for each in training.running_out(today=today):
        yield Notice(
            key=f"{TRAINING}:{each.code}:{each.ends_on}:{each.person_id}",
            kind=TRAINING,
            recipient_id=each.person_id,
            facts={"code": each.code, "ends": each.ends_on},
            due_at=morning(today),
        )


def load_training(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    mine = {
        (each.kind.code, str(each.standing.ends_on)): each
        for each in training.my_training(viewer, passport_of(viewer), now=timezone.now())
    }
    pairs = ((message.pk, mine.get((message.facts["code"], message.facts["ends"]))) for message in messages)
    return {pk: each for pk, each in pairs if each is not None}


def runs_out(message: Message, viewer: Viewer) -> bool:
    return isinstance(message.about, training.Mine)


def word_training(message: Message, viewer: Viewer) -> Rendered:
    mine = message.about
    assert isinstance(mine, training.Mine)
    assert mine.standing.ends_on is not None
    ends = mine.standing.ends_on
    near = in_words(ends, today=timezone.localdate())
    return Rendered(
        subject=f"Your training “{mine.kind.title}” ends {near}",
        line=f"It is good until {day_words(ends, today=timezone.localdate())}. Book a course, and enter it when it is done.",
        url=reverse("cpd:passport"),
        action="Open your passport",
    )


reminders.register(
    TRAINING,
    render=word_training,
    still_true=runs_out,
    generator=due_training,
    load=load_training,
    complete=True,
)

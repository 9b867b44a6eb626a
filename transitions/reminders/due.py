"""Reminders of what has come due, each told to whoever's move it is, and to the head once it has stayed open.

Computed from present state: who has acted, moved on or been withdrawn is not reminded, and what was told is dropped."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.lib.names import within_a_sentence
from partnership.outbox import reminders
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import Rendered
from partnership.outbox.times import morning
from transitions.queries.due import due_moves
from transitions.queries.progress import MoveKind, NextMove
from transitions.queries.standing import Standing, standings_of
from transitions.reminders.topics import DUE
from transitions.reminders.words import child_url, name_of

if TYPE_CHECKING:
    from partnership.outbox.models import Message


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of reminding: which move, and its words. `subject` stands in mail and names no child."""

    move: MoveKind
    subject: str
    missing: str
    action: str

    @property
    def kind(self) -> str:
        return f"transitions.{self.move}_due"


RULES = (
    Rule(
        MoveKind.DESTINATION,
        "The next school of a child is not known yet",
        "has no next school yet",
        "Open the child",
    ),
    Rule(
        MoveKind.BEGIN,
        "A SEND handover has not been begun",
        "has no handover yet",
        "Begin the handover",
    ),
    Rule(
        MoveKind.SHARE,
        "A SEND handover has not been shared",
        "has a handover that has not been shared",
        "Finish and share it",
    ),
    Rule(
        MoveKind.RECEIVE,
        "A shared handover waits to be read",
        "has a handover nobody here has received",
        "Read the handover",
    ),
    Rule(
        MoveKind.READ_AGAIN,
        "A new version of a handover waits to be read",
        "has a new version of the handover that nobody here has read",
        "Read the new version",
    ),
    Rule(
        MoveKind.TALK,
        "A handover waits for its conversation",
        "has a handover nobody has talked over",
        "Arrange the conversation",
    ),
    Rule(
        MoveKind.SETTLE,
        "A child waits to be marked as settled",
        "has not been marked as settled",
        "Open the child",
    ),
)
"""The first rules (issue of the road, Reminders). A conversation of tomorrow has its own."""


class DueRule:
    """A rule as the outbox knows it: what is due, whether it still is, and how it reads."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def generate(self, *, today: date) -> Iterator[Notice]:
        for due in due_moves(self.rule.move, today=today):
            day = due.move.due_on or today
            for level, people in (("", due.told), ("head", due.heads)):
                for user_id in people:
                    yield Notice(
                        key=f"{self.rule.kind}:{due.transition_id}:{day}:{level or 'post'}:{user_id}",
                        kind=self.rule.kind,
                        recipient_id=user_id,
                        facts={
                            "subject": due.transition_id,
                            "due": day,
                            "role": due.move.role,
                            "head": bool(level),
                        },
                        due_at=morning(today),
                    )

    def load(self, messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
        ids = {uuid.UUID(message.facts["subject"]) for message in messages}
        found = standings_of(viewer, ids, today=timezone.localdate()) if viewer.mfa else {}
        return {
            message.pk: found[pk]
            for message in messages
            if (pk := uuid.UUID(message.facts["subject"])) in found
        }

    def still_true(self, message: Message, viewer: Viewer) -> bool:
        """Without a second factor handovers cannot be seen, so the reminder stands, without a name."""
        return not viewer.mfa or self.open_move(message) is not None

    def open_move(self, message: Message) -> NextMove | None:
        if not isinstance(message.about, Standing):
            return None
        due = message.facts["due"]
        return next(
            (
                move
                for move in message.about.moves
                if move.kind == self.rule.move and move.due_on and move.due_on.isoformat() <= due
            ),
            None,
        )

    def render(self, message: Message, viewer: Viewer) -> Rendered:
        today = timezone.localdate()
        due_on = date.fromisoformat(message.facts["due"])
        verb = "was due" if due_on < today else "is due"
        when = f"It {verb} {day_words(due_on, today=today) if due_on != today else 'today'}."
        move = self.open_move(message)
        subject = self.rule.subject
        if isinstance(message.about, Standing) and move is not None:
            schools = road_words(message.about)
            line = f"{name_of(message.about.transition, viewer)} ({schools}) {self.rule.missing}. {when}"
            if message.facts.get("head"):
                line = f"{line} It is the move of your {within_a_sentence(move.role_label)}."
        else:
            line = f"A child {self.rule.missing}. {when}"
        if message.facts.get("head"):
            subject = f"Late in your school: {within_a_sentence(subject)}"
        return Rendered(
            subject=subject, line=line, url=child_url(message.facts["subject"]), action=self.rule.action
        )


def road_words(standing: Standing) -> str:
    """From where to where, as far as it is known."""
    move = standing.transition
    return f"{move.school.name} to {move.to_school.name}" if move.to_school else move.school.name


for _rule in RULES:
    _due = DueRule(_rule)
    reminders.register(
        _rule.kind,
        render=_due.render,
        still_true=_due.still_true,
        generator=_due.generate,
        load=_due.load,
        complete=True,
        topic=DUE,
    )

"""What somebody does next for a child: the kinds of move, their words, and the move itself. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partnership.access.viewer import Viewer
from partnership.lib.names import within_a_sentence
from partnership.ui.components import StatusKind
from schools.enums import Role


class MoveKind(StrEnum):
    """What somebody does next for a child."""

    DESTINATION = "destination"
    CONFIRM = "confirm"
    BEGIN = "begin"
    SHARE = "share"
    RECEIVE = "receive"
    READ_AGAIN = "read_again"
    TALK = "talk"
    HOLD = "hold"
    RECORD = "record"
    ACCEPT = "accept"
    SETTLE = "settle"
    NOTE = "note"
    NOTE_OF_NO_CLASS = "note_of_no_class"
    ELSEWHERE = "elsewhere"
    DONE = "done"


class Side(StrEnum):
    PRESENT = "present"
    NEXT = "next"
    NOBODY = ""


WHAT: Mapping[MoveKind, str] = {
    MoveKind.DESTINATION: "Enter the next school",
    MoveKind.CONFIRM: "Confirm the place",
    MoveKind.BEGIN: "Begin the handover",
    MoveKind.SHARE: "Finish and share the handover",
    MoveKind.RECEIVE: "Read and receive the handover",
    MoveKind.READ_AGAIN: "Read the new version",
    MoveKind.TALK: "Arrange the conversation",
    MoveKind.HOLD: "Hold the conversation",
    MoveKind.RECORD: "Record the conversation",
    MoveKind.ACCEPT: "Accept the handover",
    MoveKind.SETTLE: "Mark as settled",
    MoveKind.NOTE: "Write a class note",
    MoveKind.NOTE_OF_NO_CLASS: "Write a note: the child is in no class here",
    MoveKind.ELSEWHERE: "Nothing is shared",
    MoveKind.DONE: "Nothing more to do",
}

CLASS_WHAT: Mapping[MoveKind, str] = {
    MoveKind.SHARE: "Share the class note",
    MoveKind.RECEIVE: "Read the class note",
}

DUTY_OF: Mapping[MoveKind, str] = {
    MoveKind.DESTINATION: "destination_known_by",
    MoveKind.CONFIRM: "handover_shared_by",
    MoveKind.BEGIN: "handover_begun_by",
    MoveKind.SHARE: "handover_shared_by",
    MoveKind.RECEIVE: "received_within",
    MoveKind.READ_AGAIN: "received_within",
    MoveKind.TALK: "talked_within",
    MoveKind.ACCEPT: "accepted_within",
    MoveKind.SETTLE: "settled_by",
    MoveKind.NOTE: "handover_shared_by",
    MoveKind.NOTE_OF_NO_CLASS: "handover_shared_by",
}

ROLE_OF: Mapping[MoveKind, Role] = {
    MoveKind.CONFIRM: Role.SCHOOL_OFFICE,
    MoveKind.NOTE: Role.CLASS_TEACHER,
    MoveKind.NOTE_OF_NO_CLASS: Role.SENCO,
}
"""Whose move it is where no duty of its own says so."""


@dataclass(frozen=True, slots=True)
class NextMove:
    """Whose move, what, by when. `due_on` is None where no date hangs on it, or where the terms are not entered."""

    kind: MoveKind
    side: Side
    what: str
    organisation_id: uuid.UUID | None = None
    organisation_name: str = ""
    role: str = ""
    due_on: date | None = None
    due_words: str = ""
    late: bool = False
    soon: bool = False

    @property
    def open(self) -> bool:
        return self.side != Side.NOBODY

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label) if self.role else ""

    @property
    def who_words(self) -> str:
        """ "SENCO, Northfield School"; '' when it is nobody's move."""
        return f"{self.role_label}, {self.organisation_name}" if self.open else ""

    def who_for(self, viewer: Viewer) -> str:
        """The same for somebody: "You", "Your SENCO", or the role and the other school."""
        here = [post.role for post in viewer.posts if post.organisation_id == self.organisation_id]
        if self.role in here:
            return "You"
        return f"Your {within_a_sentence(self.role_label)}" if here else self.who_words

    @property
    def status(self) -> StatusKind:
        if self.late:
            return StatusKind.RED
        if self.soon:
            return StatusKind.AMBER
        if self.kind == MoveKind.DONE:
            return StatusKind.GREEN
        return StatusKind.GREY if self.kind in UNBEGUN else StatusKind.BLUE


NOTES = (MoveKind.NOTE, MoveKind.NOTE_OF_NO_CLASS)
UNBEGUN = frozenset({MoveKind.DESTINATION, MoveKind.BEGIN, *NOTES, MoveKind.ELSEWHERE})

"""What views hand to the components: small frozen facts, no HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class StatusKind(StrEnum):
    """The five states of anything, each with its word, shape and colour."""

    GREY = "grey"
    BLUE = "blue"
    AMBER = "amber"
    RED = "red"
    GREEN = "green"

    @property
    def word(self) -> str:
        return STATUS_WORDS[self]


STATUS_WORDS = {
    StatusKind.GREY: "not begun",
    StatusKind.BLUE: "under way",
    StatusKind.AMBER: "due",
    StatusKind.RED: "late",
    StatusKind.GREEN: "met",
}


class Phase(StrEnum):
    """The four colours and shapes of institutions that partnerships already use on their maps."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    FE = "fe"
    OTHER = "other"


PHASE_WORDS = {
    Phase.PRIMARY: "Primary",
    Phase.SECONDARY: "Secondary",
    Phase.FE: "Further education",
    Phase.OTHER: "Other",
}


@dataclass(frozen=True, slots=True)
class TrackStep:
    """One of the five steps of a move; `state` is done, current, todo or late."""

    label: str
    state: str

    def __post_init__(self) -> None:
        if self.state not in TRACK_WORDS:
            raise ValueError(f"A step is {', '.join(TRACK_WORDS)}, not {self.state!r}.")


TRACK_WORDS = {"done": "done", "current": "now", "todo": "to come", "late": "late"}


@dataclass(frozen=True, slots=True)
class Crumb:
    """One link on the way back up."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A fact with its name; `href` leads to where it is changed."""

    key: str
    value: object
    href: str = ""
    action: str = "Change"


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a task list: without `href` it cannot be begun yet."""

    title: str
    status: str
    status_text: str = ""
    hint: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A number above a board that filters it when pressed."""

    value: int
    label: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class PageStep:
    """One page of a short row of pages."""

    text: str
    current: bool = False


def steps_at(labels: Sequence[str], position: int, *, late: bool = False) -> tuple[TrackStep, ...]:
    """The track with everything before `position` done and that one current; a position past the end is all done."""
    return _steps_at(tuple(labels), position, late)


@lru_cache(maxsize=256)
def _steps_at(labels: tuple[str, ...], position: int, late: bool) -> tuple[TrackStep, ...]:
    def state(index: int) -> str:
        if index < position:
            return "done"
        if index > position:
            return "todo"
        return "late" if late else "current"

    return tuple(TrackStep(label, state(index)) for index, label in enumerate(labels))

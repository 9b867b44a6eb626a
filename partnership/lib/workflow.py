"""A workflow as a table of moves: who may, from which state, to which, and who is told. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

May = Callable[[Any, Any], bool]


class WrongState(Exception):
    """The move is not open from the state the subject is in; the text is a sentence for the page."""


class NotAllowed(Exception):
    """The viewer may not make this move; the text is a sentence for the page."""


@dataclass(frozen=True)
class Move:
    """One row of the table. `target` None keeps the state (an amendment); no `sources` means a beginning."""

    name: str
    sources: tuple[str, ...]
    target: str | None
    may: May
    event: str = ""
    tells: tuple[str, ...] = ()
    label: str = ""

    @property
    def words(self) -> str:
        return self.label or self.name.replace("_", " ").capitalize()


class Workflow:
    """The moves by name. A move that is not in the table does not exist (KeyError: a fault of the code)."""

    def __init__(self, moves: Iterable[Move], *, name: str = "") -> None:
        self.name = name
        self.moves: dict[str, Move] = {}
        for move in moves:
            if move.name in self.moves:
                raise ValueError(f"The move {move.name} stands twice in the workflow {name}.")
            self.moves[move.name] = move
        states = [state for move in self for state in (*move.sources, move.target) if state]
        self._labels = {_plain(state): _words(state) for state in states}

    def __iter__(self) -> Iterator[Move]:
        return iter(self.moves.values())

    def __getitem__(self, name: str) -> Move:
        return self.moves[name]

    def check(self, state: str, move_name: str, viewer: Any, subject: Any) -> Move:
        """The move, when open and allowed. Permission is asked first, so that a stranger learns no state."""
        move = self.moves[move_name]
        if not move.may(viewer, subject):
            raise NotAllowed(f"“{move.words}” is not yours to do here.")
        if state not in move.sources:
            raise WrongState(self._wrong_state(state, move))
        return move

    def open_to(self, state: str, viewer: Any, subject: Any) -> list[Move]:
        """The moves this viewer may make now: the buttons of the page, in the order of the table."""
        return [move for move in self if state in move.sources and move.may(viewer, subject)]

    def diagram(self) -> str:
        """Mermaid diagram and table for docs/workflows.md."""
        return f"{self._mermaid()}\n{self._table()}"

    def _wrong_state(self, state: str, move: Move) -> str:
        if state == move.target:
            return f"This is “{self.words(state)}” already. Someone may have been quicker."
        known = " or ".join(f"“{self.words(source)}”" for source in move.sources) or "its beginning"
        return f"“{move.words}” is possible from {known}; this is now “{self.words(state)}”."

    def words(self, state: str) -> str:
        """The state in words: the label of its TextChoices member, even when asked with the stored code."""
        return self._labels.get(_plain(state)) or _words(state)

    def _mermaid(self) -> str:
        lines = ["```mermaid", "stateDiagram-v2"]
        for move in self:
            for source in move.sources or ("[*]",):
                lines.append(f"    {_plain(source)} --> {_plain(move.target or source)}: {move.words}")
        return "\n".join([*lines, "```", ""])

    def _table(self) -> str:
        columns = ("Move", "From", "To", "Who may", "Recorded as", "Told")
        lines = [f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |"]
        for move in self:
            lines.append(
                f"| {move.words} | {', '.join(map(self.words, move.sources)) or 'new'} | "
                f"{self.words(move.target) if move.target else 'stays'} | {_predicate(move.may)} | "
                f"{f'`{_plain(move.event)}`' if move.event else '–'} | {', '.join(move.tells) or '–'} |"
            )
        return "\n".join([*lines, ""])


def _plain(state: str) -> str:
    return str(getattr(state, "value", state))


def _words(state: str) -> str:
    return str(getattr(state, "label", "") or _plain(state).replace("_", " "))


def _predicate(may: May) -> str:
    words = getattr(may, "__name__", "").removeprefix("may_").replace("_", " ")
    doc = (getattr(may, "__doc__", None) or "").strip().split("\n")[0].rstrip(".")
    return (doc or words or "–").replace("|", "/")

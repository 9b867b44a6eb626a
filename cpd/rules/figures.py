"""Numbers of places and people, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """What is counted under one heading."""

    places: int = 0
    taken: int = 0
    attended: int = 0
    no_shows: int = 0
    waiting: int = 0
    hours: float = 0.0

    @property
    def to_come(self) -> int:
        """Places taken in what is not over, or has no register yet."""
        return max(self.taken - self.attended - self.no_shows, 0)

    @property
    def length(self) -> int:
        """How long the bar of it is."""
        return self.attended + self.no_shows + self.to_come + self.waiting


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a bar, in hundredths of the longest."""

    name: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table with its picture. The longest row of the table fills it."""

    title: str
    tally: Tally
    longest: int

    @property
    def parts(self) -> list[Part]:
        found, x = [], 0.0
        for name in ("attended", "no_shows", "to_come", "waiting"):
            width = round(100 * getattr(self.tally, name) / self.longest, 2) if self.longest else 0.0
            if width:
                found.append(Part(name, round(x, 2), width))
            x += width
        return found


def lines_of(tallies: dict[str, Tally]) -> list[Line]:
    """The tallies of a table in their order, drawn to one measure."""
    longest = max((tally.length for tally in tallies.values()), default=0)
    return [Line(title, tally, longest) for title, tally in tallies.items()]

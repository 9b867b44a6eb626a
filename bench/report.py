"""The table: each target, what was measured, met or not."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """Lines as they come in, printed at once, and the whole as a table for the documents."""

    lines: list[tuple[str, str, str, str]] = field(default_factory=list)

    def ratio(self, what: str, measured: float, limit: float, *, note: str = "") -> None:
        """A ratio that must not be above its limit."""
        self._add(what, f"≤ {limit:g}×", f"{measured:.2f}×{note and f' ({note})'}", measured <= limit)

    def count(self, what: str, measured: int, limit: int, *, note: str = "") -> None:
        self._add(what, f"≤ {limit}", f"{measured}{note and f' ({note})'}", measured <= limit)

    def fact(self, what: str, target: str, measured: str, met: bool) -> None:
        self._add(what, target, measured, met)

    def told(self, what: str, measured: str) -> None:
        """A figure without a target."""
        self._line(what, "", measured, "")

    def _add(self, what: str, target: str, measured: str, met: bool) -> None:
        self._line(what, target, measured, "met" if met else "**not met**")

    def _line(self, *line: str) -> None:
        self.lines.append(line)  # type: ignore[arg-type]
        print("  " + " · ".join(filter(None, line)), flush=True)

    def markdown(self) -> str:
        rows = ["| what | target | measured | |", "|---|---|---|---|"]
        return "\n".join([*rows, *(f"| {' | '.join(line)} |" for line in self.lines)])


def machine() -> str:
    """Where this was measured."""
    import os

    return f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}"

"""Replacing words wherever they stand (practice P5). Pure; the database's trigger does the same and lets nothing else by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transitions.rules.sections import SECTIONS

REDACTED = "[redacted]"
"""What stands where words were redacted."""

SHORTEST = 3
"""Fewer letters than this would be found within words that are not meant."""


def rectified(text: str, passage: str, instead: str) -> str:
    """The text with the passage replaced."""
    return text.replace(passage, instead)


def rectified_facts(kind: str, facts: Mapping[str, Any], passage: str, instead: str) -> dict[str, Any]:
    """The parts of a section with the passage replaced; answers that were chosen from a list, and days, stay."""
    written = {part.name for part in SECTIONS[kind].parts if not part.choices and not part.day}
    return {
        name: rectified(value, passage, instead) if name in written and isinstance(value, str) else value
        for name, value in facts.items()
    }


def rectified_row(row: Mapping[str, Any], passage: str, instead: str) -> dict[str, Any]:
    """One section of a version with the passage replaced; one that was taken out stays as it is."""
    if row.get("withheld"):
        return dict(row)
    facts = rectified_facts(row["kind"], row.get("facts", {}), passage, instead)
    return {**row, "text": rectified(row.get("text", ""), passage, instead), "facts": facts}

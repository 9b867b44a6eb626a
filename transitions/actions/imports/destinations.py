"""What a file may say about where a child goes, beside what is known (practice P2, P3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from partnership.lib.names import within_a_sentence
from transitions.actions.imports.known import Move
from transitions.enums import DestinationSource, DestinationState, Elsewhere

S = DestinationState
SURENESS = {S.NONE: 0, S.WITHDRAWN: 0, S.EXPECTED: 1, S.OFFERED: 2, S.ACCEPTED: 3, S.NAMED: 4}
SURE = (S.ACCEPTED, S.NAMED)
OFFER_LISTS = (DestinationSource.LA_LIST, DestinationSource.NEXT_SCHOOL)

ASK_PRESENT_SCHOOL = "Another place is recorded for this child: ask the present school which one stands"
CHANGE_BY_HAND = "Another place is recorded as accepted for this child: change it on the child's page"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the file's destination is taken, what that changes, or why the row cannot go in."""

    applies: bool = False
    changes: dict[str, list[str]] = field(default_factory=dict)
    refusal: str = ""
    stays: bool = False
    """Another accepted place stands, and the file only expects this one: the place stays as it is."""


def judge(move: Move | None, to: Mapping[str, Any] | None, *, joining: bool) -> Verdict:
    """A file never makes a place less sure, and a list of the next school never takes a child from another one."""
    if not to:
        return Verdict()
    if move is None or not move.has_destination:
        return Verdict(applies=True, changes={"Next school": ["none", words(to)]})
    sureness = SURENESS[S(move.destination_state)]
    change = {"Next school": [present_words(move), words(to)]}
    if str(move.to_school_id) == to["school"]:
        return Verdict(applies=True, changes=change) if SURENESS[S(to["state"])] > sureness else Verdict()
    if joining and sureness >= SURENESS[S.OFFERED]:
        return Verdict(refusal=ASK_PRESENT_SCHOOL)
    if move.destination_state in SURE and to["source"] in OFFER_LISTS:
        return Verdict(refusal=CHANGE_BY_HAND)
    if move.destination_state in SURE and to["state"] not in SURE:
        return Verdict(stays=True)
    return Verdict(applies=True, changes=change)


def words(to: Mapping[str, Any]) -> str:
    """'Northfield School (offered)'."""
    return in_brackets(to["name"], to["state"])


def present_words(move: Move) -> str:
    place = move.to_name if move.to_school_id else str(Elsewhere(move.elsewhere).label)
    return in_brackets(place, move.destination_state)


def in_brackets(place: str, state: str) -> str:
    return f"{place} ({within_a_sentence(str(S(state).label))})"

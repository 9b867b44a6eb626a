"""The grid of a whole class: a row per child, saved as one writes, shared at once with each destination (practice P7)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from partnership.access.viewer import Viewer
from partnership.lib.workflow import NotAllowed, WrongState
from transitions.actions.applying import Refused
from transitions.actions.sharing import amend, body_of, hindrances, nothing_new, share
from transitions.actions.writing import begin, save_section
from transitions.enums import HandoverKind, HandoverState
from transitions.models import Handover, Section, Transition


class RowConflict(Exception):
    """Someone else saved this child's row since it was opened; holds the texts as they stand now."""

    def __init__(self, texts: Mapping[str, str], version: int) -> None:
        super().__init__("Someone else has saved this row since you opened it.")
        self.texts, self.version = texts, version


@transaction.atomic
def save_row(
    move: Transition,
    *,
    texts: Mapping[str, str],
    talk_to_me: bool,
    seen_version: int,
    by: Viewer,
    at: datetime,
) -> int:
    """Save one child's row as seen at `seen_version` (the notes' versions added up, 0 before the first) and give the new
    one. Notes left as they were are not touched. Raises RowConflict when another saved meanwhile."""
    handover = begin(move, kind=HandoverKind.CLASS, by=by, at=at)
    sections = list(Section.objects.select_for_update().filter(handover=handover, kind__in=texts))
    version = sum(section.version for section in sections)
    untouched = version == len(sections)
    changed = [section for section in sections if texts[section.kind] != section.text or section.prefilled]
    if (
        seen_version != version
        and not (seen_version == 0 and untouched)
        and any(texts[section.kind] != section.text for section in sections)
    ):
        raise RowConflict({section.kind: section.text for section in sections}, version)
    for section in changed:
        save_section(
            section,
            text=texts[section.kind],
            facts=section.facts,
            nothing=section.nothing,
            seen_version=section.version,
            by=by,
            at=at,
        )
    Handover.objects.filter(pk=handover.pk).exclude(talk_to_me=talk_to_me).update(talk_to_me=talk_to_me)
    return version + len(changed)


@dataclass
class Outcome:
    """What happened to each child of a class that was shared: how many went, and who could not and why."""

    shared: int = 0
    amended: int = 0
    held_back: list[tuple[Transition, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Going:
    """What sharing would do with one child's note: `share`, `amend` or nothing, or why it cannot go yet."""

    move: Transition
    handover: Handover
    act: str = ""
    why: str = ""


def going(moves: Sequence[Transition], *, by: Viewer, at: datetime) -> list[Going]:
    """Each child who has a class note, in the order given."""
    handovers = {
        handover.transition_id: handover
        for handover in Handover.objects.filter(transition__in=moves, kind=HandoverKind.CLASS)
    }
    sections: dict[uuid.UUID, list[Section]] = defaultdict(list)
    for section in Section.objects.filter(handover__in=handovers.values()):
        sections[section.handover_id].append(section)
    found = []
    for move in moves:
        if (handover := handovers.get(move.pk)) is None:
            continue
        own = sections[handover.pk]
        act = "share" if handover.state in (HandoverState.DRAFT, HandoverState.WITHDRAWN) else "amend"
        if act == "amend" and nothing_new(handover, body_of(handover, own)):
            found.append(Going(move, handover))
        elif hindered := hindrances(handover, move, own, on=at, asker=by.user_id):
            found.append(Going(move, handover, why=" ".join(each.text for each in hindered)))
        else:
            found.append(Going(move, handover, act=act))
    return found


def share_class(moves: Sequence[Transition], *, by: Viewer, at: datetime) -> Outcome:
    """Share every written class note with its child's next school. A child who cannot go yet holds up no other."""
    outcome = Outcome()
    for note in going(moves, by=by, at=at):
        try:
            if note.why:
                raise Refused(note.why)
            if note.act == "share":
                share(note.handover, by=by, at=at)
                outcome.shared += 1
            elif note.act == "amend":
                amend(note.handover, reason="", by=by, at=at)
                outcome.amended += 1
        except (Refused, NotAllowed, WrongState) as refusal:
            outcome.held_back.append((note.move, str(refusal)))
    return outcome

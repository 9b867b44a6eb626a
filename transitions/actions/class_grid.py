"""The grid of a whole class: a row per child, saved as one writes, shared at once with each destination (practice P7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from partnership.access.viewer import Viewer
from partnership.lib.workflow import NotAllowed, WrongState
from transitions.actions.applying import Refused
from transitions.actions.sharing import amend, share
from transitions.actions.writing import begin, save_section
from transitions.enums import HandoverKind, HandoverState
from transitions.models import Handover, Section, Transition


@transaction.atomic
def save_row(
    move: Transition,
    *,
    texts: Mapping[str, str],
    versions: Mapping[str, int],
    talk_to_me: bool,
    by: Viewer,
    at: datetime,
) -> Handover:
    """Save one child's row. Sections left as they were are not touched; raises Conflict as a section does."""
    handover = begin(move, kind=HandoverKind.CLASS, by=by, at=at)
    for section in Section.objects.filter(handover=handover, kind__in=texts):
        text = texts[section.kind]
        if text != section.text or section.prefilled and text:
            seen = versions.get(section.kind, section.version)
            save_section(section, text=text, facts={}, nothing=False, seen_version=seen, by=by, at=at)
    if handover.talk_to_me != talk_to_me:
        Handover.objects.filter(pk=handover.pk).update(talk_to_me=talk_to_me)
        handover.talk_to_me = talk_to_me
    return handover


@dataclass
class Outcome:
    """What happened to each child of a class that was shared: how many went, and who could not and why."""

    shared: int = 0
    amended: int = 0
    held_back: list[tuple[Transition, str]] = field(default_factory=list)


def share_class(moves: Sequence[Transition], *, by: Viewer, at: datetime) -> Outcome:
    """Share every written class note with its child's next school. A child who cannot go yet holds up no other."""
    outcome = Outcome()
    for move in moves:
        handover = Handover.objects.filter(transition=move, kind=HandoverKind.CLASS).first()
        if handover is None:
            continue
        try:
            if handover.state in (HandoverState.DRAFT, HandoverState.WITHDRAWN):
                share(handover, by=by, at=at)
                outcome.shared += 1
            elif changed_since_shared(handover):
                amend(handover, reason="", by=by, at=at)
                outcome.amended += 1
        except (Refused, NotAllowed, WrongState) as refusal:
            outcome.held_back.append((move, str(refusal)))
    return outcome


def changed_since_shared(handover: Handover) -> bool:
    """Whether a section was saved after the latest version went."""
    return (
        handover.shared_at is not None
        and Section.objects.filter(handover=handover, updated_at__gt=handover.shared_at).exists()
    )

"""Makers for moves and handovers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from partnership.accounts.models import User
from transitions.enums import Boundary, DestinationSource, DestinationState, HandoverKind, HandoverState
from transitions.models import NO_SCHOOL, Handover, Section, Transition, Version
from transitions.rules import sections_of

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class TransitionFactory(DjangoModelFactory[Transition]):
    """A move of Year 6 to Year 7 in September 2027; with a `to_school` its place is accepted."""

    class Meta:
        model = Transition

    school = factory.SelfAttribute("pupil.school")
    boundary = Boundary.PRIMARY_SECONDARY
    entry_year = 2027
    moves_on = date(2027, 9, 2)
    created_at = NOW
    destination_state = factory.LazyAttribute(
        lambda move: DestinationState.ACCEPTED if move.to_school else DestinationState.NONE
    )
    destination_source = factory.LazyAttribute(
        lambda move: DestinationSource.PRESENT_SCHOOL if move.to_school else ""
    )
    destination_on = factory.LazyAttribute(lambda move: date(2026, 11, 2) if move.to_school else None)
    to_school = None
    seen_by = factory.LazyAttribute(
        lambda move: (
            move.to_school.pk
            if move.to_school and move.destination_state in ("offered", "accepted", "named")
            else NO_SCHOOL
        )
    )


class HandoverFactory(DjangoModelFactory[Handover]):
    """A handover being written, with its sections."""

    class Meta:
        model = Handover
        skip_postgeneration_save = True

    pupil = factory.SelfAttribute("transition.pupil")
    school = factory.SelfAttribute("transition.school")
    seen_by = factory.SelfAttribute("transition.seen_by")
    kind = HandoverKind.SEND
    begun_at = NOW

    @factory.post_generation
    def sections(self, create: bool, extracted: str | None, **kwargs: str) -> None:
        """Every section, each with the given text or one of its own."""
        for kind in sections_of(self.kind):
            Section.objects.create(
                handover=self,
                pupil_id=self.pupil_id,
                school_id=self.school_id,
                kind=kind,
                text=extracted or f"{kind.label}: as written by the school.",
                updated_at=NOW,
            )


def shared(
    handover: Handover,
    *,
    by: User,
    body_text: str = "What was sent.",
    body: list[dict[str, object]] | None = None,
) -> Version:
    """Make the handover shared with its next school, as the action would leave it."""
    version = Version.objects.create(
        handover=handover,
        pupil_id=handover.pupil_id,
        school_id=handover.school_id,
        seen_by=handover.seen_by,
        reader_id=handover.seen_by,
        number=1,
        body=body
        or [
            {"kind": kind, "text": body_text, "facts": {}, "nothing": False}
            for kind in sections_of(handover.kind)
        ],
        shared_by=by,
        shared_at=NOW,
    )
    handover.state, handover.latest, handover.shared_at = HandoverState.SHARED, 1, NOW
    handover.save()
    return version

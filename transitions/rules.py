"""Pure rules of moves and handovers: ages and boundaries, who may do what, who counts as the receiver."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Protocol

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from transitions.enums import Boundary, HandoverKind, SectionKind

P = Permission


class HandoverFacts(Protocol):
    """What the predicates need of a handover; none of it is asked of the database."""

    pupil_id: uuid.UUID
    school_id: uuid.UUID
    seen_by: uuid.UUID


def may_read_progress(viewer: Viewer, handover: HandoverFacts) -> bool:
    """Names and progress, at either school"""
    return (
        viewer.may(P.SEE_PROGRESS, handover.school_id)
        or viewer.may(P.SEE_PROGRESS, handover.seen_by)
        or teaches(viewer, handover, handover.school_id)
        or teaches(viewer, handover, handover.seen_by)
    )


def may_write(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of the present school, and the child's class teacher"""
    return viewer.may(P.WRITE_HANDOVERS, handover.school_id) or teaches(viewer, handover, handover.school_id)


def may_read_own(viewer: Viewer, handover: HandoverFacts) -> bool:
    """Readers of the present school, and the child's class teacher"""
    return viewer.may(P.READ_HANDOVERS, handover.school_id) or teaches(viewer, handover, handover.school_id)


def may_share(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of the present school"""
    return viewer.may(P.SHARE_HANDOVERS, handover.school_id)


def may_withdraw(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy, transition lead or DSL of the present school"""
    return viewer.may(P.WITHDRAW_HANDOVERS, handover.school_id)


def may_set_destination(viewer: Viewer, move: HandoverFacts) -> bool:
    """The present school's office, SENCO, head, deputy or transition lead"""
    return viewer.may(P.SET_DESTINATIONS, move.school_id)


def may_change_destination(viewer: Viewer, handover: HandoverFacts) -> bool:
    """Follows from a changed destination; the present school's office, SENCO, head, deputy or transition lead"""
    return may_set_destination(viewer, handover)


def may_receive(viewer: Viewer, handover: HandoverFacts) -> bool:
    """A reader of the next school who does not stand on both sides (practice P20)"""
    reads = viewer.may(P.READ_HANDOVERS, handover.seen_by) or teaches(viewer, handover, handover.seen_by)
    return reads and not stands_on_both_sides(viewer, handover)


def may_record_conversation(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of either school"""
    return viewer.may(P.SHARE_HANDOVERS, handover.school_id) or viewer.may(
        P.RECEIVE_HANDOVERS, handover.seen_by
    )


def may_accept(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of the next school"""
    return viewer.may(P.RECEIVE_HANDOVERS, handover.seen_by)


may_settle = may_accept


def may_allot(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of the next school"""
    return viewer.may(P.ALLOT_CLASSES, handover.seen_by)


def teaches(viewer: Viewer, handover: HandoverFacts, school_id: uuid.UUID) -> bool:
    """Whether the child is in one of the viewer's classes at this school, now or as allotted."""
    return handover.pupil_id in viewer.class_pupils and viewer.may(P.TEACH, school_id)


def stands_on_both_sides(viewer: Viewer, handover: HandoverFacts) -> bool:
    """Whether the viewer leads handovers at both schools: then a second adult of the next school must act (P20)."""
    return viewer.may(P.SHARE_HANDOVERS, handover.school_id) and viewer.may(
        P.READ_HANDOVERS, handover.seen_by
    )


# Sections ------------------------------------------------------------------------------------------------------

SEND_SECTIONS = (
    SectionKind.ABOUT_ME,
    SectionKind.STRENGTHS,
    SectionKind.CONNECT,
    SectionKind.HELPS,
    SectionKind.TRIGGERS,
    SectionKind.FRIENDS,
    SectionKind.SEATING,
    SectionKind.FAMILY,
    SectionKind.IN_PLACE,
    SectionKind.HEALTH,
    SectionKind.OPEN_QUESTIONS,
)
CLASS_SECTIONS = (SectionKind.FRIENDS, SectionKind.LEARNING, SectionKind.ATTENDANCE, SectionKind.FAMILY)
NEVER_SKIPPED = (SectionKind.HEALTH,)
"""Sections that are written or answered "none" before a handover can be shared (practice P14)."""
NEVER_FOR_FAMILIES = (SectionKind.SEATING,)
"""Sections that appear on no family page and no passport (practice P9)."""


def sections_of(kind: str) -> tuple[SectionKind, ...]:
    """The sections a handover of this kind is written in, in reading order."""
    return CLASS_SECTIONS if kind == HandoverKind.CLASS else SEND_SECTIONS


# Boundaries ----------------------------------------------------------------------------------------------------

BOUNDARY_BY_LEAVING_YEAR = {
    -1: Boundary.NURSERY_RECEPTION,
    2: Boundary.INFANT_JUNIOR,
    4: Boundary.FIRST_MIDDLE,
    6: Boundary.PRIMARY_SECONDARY,
    8: Boundary.MIDDLE_SECONDARY,
    9: Boundary.LOWER_UPPER,
    11: Boundary.SECONDARY_POST16,
}


@dataclass(frozen=True, slots=True)
class Ages:
    """A school's statutory ages and whether it is a nursery school; either age may be unknown."""

    low: int | None
    high: int | None
    nursery: bool = False


def leaving_years(ages: Ages) -> frozenset[int]:
    """The year groups at whose end children leave a school of these ages, and, in an all-through school, cross a
    boundary within it. A child who is 11 by the end of the school year is in Year 6, so the last year is the age less 5."""
    if ages.nursery:
        return frozenset({-1})
    if ages.high is None:
        return frozenset()
    years = {min(ages.high - 5, 11)}
    if ages.low is not None and ages.low <= 7 and ages.high >= 16:
        years.add(6)
    return frozenset(year for year in years if year in BOUNDARY_BY_LEAVING_YEAR)


def boundary_between(*, year_group: int | None, sender: Ages, receiver: Ages | None = None) -> Boundary:
    """The boundary a child in this year group crosses; outside a leaving year the move is in-year (practice P22).

    With the receiver known, its lowest age must fit: a Year 4 child of an all-age special school who goes to a
    middle school starting at 9 crosses Year 4 to 5 all the same."""
    if year_group is None:
        return Boundary.IN_YEAR
    if year_group in leaving_years(sender):
        return BOUNDARY_BY_LEAVING_YEAR[year_group]
    fits = receiver is not None and receiver.low is not None and receiver.low - 5 == year_group + 1
    if fits and year_group + 1 in (3, 5, 7, 9, 10, 12):
        return BOUNDARY_BY_LEAVING_YEAR[year_group]
    return Boundary.IN_YEAR

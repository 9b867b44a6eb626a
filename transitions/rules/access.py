"""Who may do what with a handover, and who counts as its receiver. Pure: nothing here is asked of the database."""

from __future__ import annotations

import uuid
from typing import Protocol

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer

P = Permission


class ChildFacts(Protocol):
    """What the predicates of the present school need: whose child, and whose school. None of it is asked of the database."""

    pupil_id: uuid.UUID
    school_id: uuid.UUID


class HandoverFacts(ChildFacts, Protocol):
    """The same, and who may see the child next."""

    seen_by: uuid.UUID


def may_read_progress(viewer: Viewer, handover: HandoverFacts) -> bool:
    """Names and progress, at either school"""
    return (
        viewer.may(P.SEE_PROGRESS, handover.school_id)
        or viewer.may(P.SEE_PROGRESS, handover.seen_by)
        or teaches(viewer, handover, handover.school_id)
        or teaches(viewer, handover, handover.seen_by)
    )


def may_write(viewer: Viewer, handover: ChildFacts) -> bool:
    """SENCO, head, deputy or transition lead of the present school, and the child's class teacher"""
    return viewer.may(P.WRITE_HANDOVERS, handover.school_id) or teaches(viewer, handover, handover.school_id)


def may_read_own(viewer: Viewer, handover: ChildFacts) -> bool:
    """Readers of the present school, and the child's class teacher"""
    return viewer.may(P.READ_HANDOVERS, handover.school_id) or teaches(viewer, handover, handover.school_id)


def may_share(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of the present school"""
    return viewer.may(P.SHARE_HANDOVERS, handover.school_id)


def may_withdraw(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy, transition lead or DSL of the present school"""
    return viewer.may(P.WITHDRAW_HANDOVERS, handover.school_id)


def may_correct(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of the present school"""
    return viewer.may(P.SHARE_HANDOVERS, handover.school_id)


may_redact = may_withdraw


def may_manage(viewer: Viewer, move: ChildFacts) -> bool:
    """The present school's office, SENCO, head, deputy or transition lead"""
    return viewer.may(P.MANAGE_PUPILS, move.school_id)


def may_give_new_identity(viewer: Viewer, move: ChildFacts) -> bool:
    """The head of the present school"""
    return viewer.may(P.NEW_IDENTITY, move.school_id)


def may_set_destination(viewer: Viewer, move: HandoverFacts) -> bool:
    """The present school's office, SENCO, head, deputy or transition lead"""
    return viewer.may(P.SET_DESTINATIONS, move.school_id)


def may_change_destination(viewer: Viewer, handover: HandoverFacts) -> bool:
    """Follows from a changed destination; the present school's office, SENCO, head, deputy or transition lead"""
    return may_set_destination(viewer, handover)


class ClosedFacts(Protocol):
    """What the former school's predicate needs."""

    former_id: uuid.UUID


def may_confirm_destroyed(viewer: Viewer, place: ClosedFacts) -> bool:
    """Office, SENCO, head, deputy, transition lead or DSL of the former school"""
    return viewer.may(P.SEE_PROGRESS, place.former_id)


def may_receive(viewer: Viewer, handover: HandoverFacts) -> bool:
    """A reader of the next school who does not stand on both sides (practice P20)"""
    reads = viewer.may(P.READ_HANDOVERS, handover.seen_by) or teaches(viewer, handover, handover.seen_by)
    return reads and not stands_on_both_sides(viewer, handover)


def may_record_conversation(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of either school"""
    return viewer.may(P.SHARE_HANDOVERS, handover.school_id) or viewer.may(
        P.RECEIVE_HANDOVERS, handover.seen_by
    )


def may_name(viewer: Viewer, handover: HandoverFacts, organisation_id: uuid.UUID) -> bool:
    """SENCO, head, deputy or transition lead, for the adults of their own school"""
    if organisation_id == handover.school_id:
        return viewer.may(P.SHARE_HANDOVERS, organisation_id)
    return organisation_id == handover.seen_by and viewer.may(P.RECEIVE_HANDOVERS, organisation_id)


def may_accept(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of the next school"""
    return viewer.may(P.RECEIVE_HANDOVERS, handover.seen_by)


may_settle = may_accept


def may_allot(viewer: Viewer, handover: HandoverFacts) -> bool:
    """SENCO, head, deputy or transition lead of the next school"""
    return viewer.may(P.ALLOT_CLASSES, handover.seen_by)


def teaches(viewer: Viewer, handover: ChildFacts, school_id: uuid.UUID) -> bool:
    """Whether the child is in one of the viewer's classes at this school, now or as allotted."""
    return viewer.may(P.TEACH, school_id) and viewer.teaches(handover.pupil_id, school_id)


def stands_on_both_sides(viewer: Viewer, handover: HandoverFacts) -> bool:
    """Whether the viewer leads handovers at both schools: then a second adult of the next school must act (P20).

    Within an all-through school everybody stands at the same one: there it is whoever shared, and the act asks that."""
    if handover.school_id == handover.seen_by:
        return False
    return viewer.may(P.SHARE_HANDOVERS, handover.school_id) and viewer.may(
        P.READ_HANDOVERS, handover.seen_by
    )

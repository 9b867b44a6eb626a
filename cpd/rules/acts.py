"""Who may do what with a booking. Asked by the action and by the template for its button."""

from __future__ import annotations

import uuid
from typing import Protocol

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer


class Booked(Protocol):
    """As much of a booking as the rules ask for."""

    person_id: uuid.UUID
    organisation_id: uuid.UUID
    partnership_id: uuid.UUID


def may_book_staff(viewer: Viewer, organisation_id: uuid.UUID) -> bool:
    """Head, deputy, SENCO and office book the staff of their own school."""
    return viewer.may(Permission.BOOK_STAFF, organisation_id)


def may_cancel(viewer: Viewer, booking: Booked) -> bool:
    """One's own, one's staff's, or as the coordinator of the partnership."""
    return (
        booking.person_id == viewer.user_id
        or may_book_staff(viewer, booking.organisation_id)
        or viewer.may(Permission.COORDINATE, booking.partnership_id)
    )


def may_take_register(viewer: Viewer, *, facilitator_id: uuid.UUID | None, partnership_id: uuid.UUID) -> bool:
    """Whoever leads the session, or its coordinator."""
    return (facilitator_id is not None and facilitator_id == viewer.user_id) or may_keep(
        viewer, partnership_id
    )


def may_keep(viewer: Viewer, partnership_id: uuid.UUID) -> bool:
    """Its coordinator plans, changes and calls off."""
    return viewer.may(Permission.COORDINATE, partnership_id)


class Released(Protocol):
    """As much of a release as the rules ask for: `post` is the post whose holder wants to go."""

    person_id: uuid.UUID
    organisation_id: uuid.UUID

    @property
    def manager_id(self) -> uuid.UUID | None: ...


def may_answer(viewer: Viewer, release: Released) -> bool:
    """Line manager, head and deputies; nobody lets themselves go."""
    return release.person_id != viewer.user_id and (
        (release.manager_id is not None and release.manager_id == viewer.user_id)
        or viewer.may(Permission.RELEASE_STAFF, release.organisation_id)
    )


def may_note(viewer: Viewer, release: Released) -> bool:
    """Paid or time back, and who covers: whoever may answer, and who books for the school."""
    return may_answer(viewer, release) or (
        release.person_id != viewer.user_id and may_book_staff(viewer, release.organisation_id)
    )


def may_read_feedback(viewer: Viewer, *, facilitator_id: uuid.UUID | None, partnership_id: uuid.UUID) -> bool:
    """In sums and without names: whoever led the session, or its coordinator."""
    return may_take_register(viewer, facilitator_id=facilitator_id, partnership_id=partnership_id)

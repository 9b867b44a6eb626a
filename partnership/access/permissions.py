"""What there is to be allowed. Which role may do which stands in `schools/rules.py`, and nowhere else."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do for an organisation where they hold a post."""

    SEE_DIRECTORY = "see_directory"
    SEE_PUPILS = "see_pupils"
    SEE_PROGRESS = "see_progress"
    MANAGE_PUPILS = "manage_pupils"
    SET_DESTINATIONS = "set_destinations"
    READ_HANDOVERS = "read_handovers"
    WRITE_HANDOVERS = "write_handovers"
    SHARE_HANDOVERS = "share_handovers"
    WITHDRAW_HANDOVERS = "withdraw_handovers"
    RECEIVE_HANDOVERS = "receive_handovers"
    ALLOT_CLASSES = "allot_classes"
    TEACH = "teach"
    IMPORT_FILES = "import_files"
    SEE_STAFF = "see_staff"
    APPOINT = "appoint"
    SET_SIGN_IN = "set_sign_in"
    GIVE_CODES = "give_codes"
    COORDINATE = "coordinate"
    SEE_COUNTS = "see_counts"
    ACT_AS_CONTROLLER = "act_as_controller"
    NEW_IDENTITY = "new_identity"
    SEE_SEALED = "see_sealed"
    BOOK_CPD = "book_cpd"
    BOOK_STAFF = "book_staff"
    RELEASE_STAFF = "release_staff"


PUPIL_DATA = frozenset(
    {
        Permission.SEE_PUPILS,
        Permission.SEE_PROGRESS,
        Permission.MANAGE_PUPILS,
        Permission.SET_DESTINATIONS,
        Permission.READ_HANDOVERS,
        Permission.WRITE_HANDOVERS,
        Permission.SHARE_HANDOVERS,
        Permission.WITHDRAW_HANDOVERS,
        Permission.RECEIVE_HANDOVERS,
        Permission.ALLOT_CLASSES,
        Permission.TEACH,
        Permission.IMPORT_FILES,
        Permission.APPOINT,
        Permission.SET_SIGN_IN,
        Permission.GIVE_CODES,
        Permission.COORDINATE,
        Permission.SEE_COUNTS,
        Permission.ACT_AS_CONTROLLER,
        Permission.NEW_IDENTITY,
        Permission.SEE_SEALED,
    }
)
"""Permissions that reach pupils, or the power to grant such reach: each needs a second factor (walls §1)."""

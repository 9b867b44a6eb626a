"""Progress without names: what reminders and coordinators' lists are worked out from (practice P6)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import QuerySet

from partnership.access import rls
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import Pupil
from transitions.models import Transition

OF_THE_CHILD = ("id", "school_id", "sen_provision")
"""All that the database gives the worker of a child: whether a handover is owed."""


def with_progress(rows: QuerySet[Transition]) -> QuerySet[Transition]:
    """Moves with what `open_moves` reads of them; of the child no more than whether a handover is owed."""
    private = (each.attname for each in Pupil._meta.concrete_fields if each.attname not in OF_THE_CHILD)
    found = rows.select_related("pupil", "school", "to_school", "handover")
    return found.defer(*(f"pupil__{name}" for name in private))


@contextmanager
def tallying(viewer: Viewer) -> Iterator[None]:
    """While the block runs the database tells whether each child in a coordinator's list is owed a handover; nothing but
    how late the pairs of schools are may leave it."""
    reach: frozenset[uuid.UUID] = viewer.reach(Permission.COORDINATE) if viewer.mfa else frozenset()
    with rls.widened(tallied=rls.uuid_array(reach)):
        yield

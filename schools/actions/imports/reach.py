"""In whose reach a file is read and applied: its person's, or, for a command on the server, an office's of its schools."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from partnership.access import rls
from partnership.access.viewer import Viewer
from schools.enums import Role
from schools.rules import permissions_of


@contextmanager
def acting_for(by_id: uuid.UUID | None, school_ids: Iterable[uuid.UUID]) -> Iterator[Viewer]:
    """Act as this person with their reach of today; where nobody is named, as the office of each of these schools."""
    if by_id is not None:
        with rls.acting_as(by_id) as viewer:
            yield viewer
        return
    here = frozenset(school_ids)
    viewer = Viewer(mfa=True, reaches=dict.fromkeys(permissions_of(Role.SCHOOL_OFFICE), here))
    with rls.context({**rls.context_of(viewer), "app.operator": "on"}):
        yield viewer

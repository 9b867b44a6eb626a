"""In whose room somebody was: of any partnership, also of one they have left."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils import timezone

from cpd.models import Attendance, Session
from partnership.access import rls
from partnership.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Attended:
    """A session, what the register says of one there, the school one came from then, one's certificate if it was made."""

    session: Session
    came: str
    school: str
    code: str

    @property
    def ended_on(self) -> date:
        return timezone.localdate(self.session.ends_at)


def attended_by(viewer: Viewer) -> list[Attended]:
    """All of them, in two queries."""
    rows = Attendance.objects.in_the_room().filter(person=viewer.user_id)
    read = rows.annotate(code=F("certificate__code"))
    found = list(read.values_list("session_id", "came", "organisation__name", "code"))
    sessions = {each.pk: each for each in beyond_reach({session_id for session_id, *_ in found})}
    return [
        Attended(sessions[session_id], came, school, code or "") for session_id, came, school, code in found
    ]


def was_in(viewer: Viewer, session_id: uuid.UUID) -> Session | None:
    """This session, if the viewer was in its room, wherever they worked then."""
    there = Attendance.objects.in_the_room().filter(person=viewer.user_id, session=session_id)
    return next(iter(beyond_reach({session_id})), None) if there.exists() else None


def beyond_reach(ids: Collection[uuid.UUID]) -> list[Session]:
    """Sessions in whose room the viewer was, as the register says: the caller has asked it."""
    if not ids:
        return []
    with rls.widened(attended=rls.uuid_array(ids)):
        rows = Session.objects.filter(pk__in=ids).by_day()
        return list(rows.select_related("programme", "venue", "partnership"))

"""With whom of the room one shares a child, and what the two have agreed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from cpd.enums import SessionState
from cpd.models import Talk
from cpd.queries.offer import Whole
from partnership.access.partners import partners_of
from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from schools.models import Organisation


@dataclass(frozen=True, slots=True)
class Partner:
    """A colleague with a place in the session who shares a child with the viewer; the talk, if one of them offered it."""

    user_id: uuid.UUID
    name: str
    school: str
    talk: Talk | None
    asked_me: bool

    @property
    def state(self) -> str:
        return self.talk.state if self.talk else ""


def partners_in(viewer: Viewer, line: Whole) -> list[Partner]:
    """For whoever has a place: those with a place with whom they share a child. Which child, nobody reads here."""
    if line.standing is None or not line.standing.placed or viewer.user_id is None or line.called_off:
        return []
    schools = {turn.person_id: turn.claim.organisation_id for turn in line.queue.placed()}
    found = partners_of(viewer.user_id, schools.keys() - {viewer.user_id})
    if not found:
        return []
    talks = {
        each.asked_id if each.asked_by_id == viewer.user_id else each.asked_by_id: each
        for each in Talk.objects.visible_to(viewer).filter(session=line.session)
    }
    people = User.objects.filter(pk__in=found).order_by("name_key", "pk").values_list("pk", "name")
    names = dict(Organisation.objects.filter(pk__in={schools[pk] for pk in found}).values_list("pk", "name"))
    return [
        Partner(
            pk,
            name,
            names[schools[pk]],
            talk := talks.get(pk),
            talk is not None and talk.asked_id == viewer.user_id,
        )
        for pk, name in people
    ]


def find_talk(viewer: Viewer, pk: uuid.UUID) -> Talk | None:
    rows = Talk.objects.visible_to(viewer).select_related("session__programme", "asked", "asked_by")
    return rows.filter(pk=pk).first()


def talks_told(viewer: Viewer, pks: set[uuid.UUID]) -> dict[uuid.UUID, Talk]:
    """Those of the viewer's own, for the words of a message."""
    rows = Talk.objects.visible_to(viewer).filter(pk__in=pks, session__state=SessionState.OFFERED)
    return {each.pk: each for each in rows.select_related("session__programme", "asked", "asked_by")}

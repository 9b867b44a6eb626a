"""Who knows a child and who will; and, for two colleagues in one room, whether they share one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from partnership.access import rls
from partnership.access.viewer import Viewer
from transitions.models import Handover, NamedAdult
from transitions.queries.pairs import could_take_part


def named_of(viewer: Viewer, handover: Handover) -> list[NamedAdult]:
    """Those named for this child, of the present school first; nobody of a school the child no longer goes to."""
    rows = NamedAdult.objects.visible_to(viewer).filter(
        handover=handover, organisation__in=[handover.school_id, handover.seen_by]
    )
    found = list(rows.select_related("user").order_by("user__name_key", "pk"))
    return sorted(found, key=lambda each: each.organisation_id != handover.school_id)


def by_side(viewer: Viewer, handover: Handover) -> tuple[tuple[str, list[NamedAdult]], ...]:
    """ "Who knows the child", "Who will": each with its people, one after the other."""
    found = named_of(viewer, handover)
    here = [each for each in found if each.organisation_id == handover.school_id]
    there = [each for each in found if each.organisation_id != handover.school_id]
    return (("Knows the child", here), ("Will work with the child", there))


def could_be_named(handover: Handover, organisation_id: uuid.UUID, *, on: date) -> list[tuple[str, str]]:
    """(user id, "Name, role") of the school's own adults who are not named for this child yet."""
    there = set(NamedAdult.objects.filter(handover=handover).values_list("user_id", flat=True))
    return [each for each in could_take_part(organisation_id, on=on) if uuid.UUID(each[0]) not in there]


def find_named(viewer: Viewer, handover: Handover, asked: str) -> NamedAdult | None:
    """By id as a form sends it; None where that is none."""
    return next((each for each in named_of(viewer, handover) if str(each.pk) == asked), None)


@dataclass(frozen=True, slots=True)
class Shared:
    """One child whom two people share: who it is stays with the handover. `counts`, and who said so."""

    handover_id: uuid.UUID
    present: uuid.UUID
    coming: uuid.UUID
    counts: bool
    by_id: uuid.UUID


def shared_among(people: Collection[uuid.UUID]) -> Iterator[Shared]:
    """Each child whom two of these people share, one named at either school. It asks beyond anybody's own reach, for these
    people alone: what is made of it tells of people, never of the child."""
    with rls.widened(paired=rls.uuid_array(people)):
        rows = list(
            NamedAdult.objects.of_shared()
            .filter(user__in=people)
            .values_list("handover_id", "user_id", "organisation_id", "school_id", "talk_counts", "by_id")
        )
    by_handover: dict[uuid.UUID, list[tuple[uuid.UUID, bool, bool, uuid.UUID]]] = defaultdict(list)
    for handover_id, user_id, organisation_id, school_id, counts, by_id in rows:
        by_handover[handover_id].append((user_id, organisation_id == school_id, counts, by_id))
    for handover_id, adults in by_handover.items():
        for present, here, counts, by_id in adults:
            for coming, there, _counts, _by in adults:
                if here and not there and present != coming:
                    yield Shared(handover_id, present, coming, counts, by_id)

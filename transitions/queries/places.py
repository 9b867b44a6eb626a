"""Schools and classes to choose from in the forms of a move."""

from __future__ import annotations

import uuid
from datetime import date

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import ClassGroup, Membership, Organisation
from schools.queries.directory import matching
from transitions.enums import Boundary
from transitions.models import Transition
from transitions.queries.entry import ages_of
from transitions.rules import teaches_year


def next_schools_of(move: Transition, *, on: date) -> list[Organisation]:
    """The schools of the partnership that teach the year the child goes into, and the one recorded now, by name."""
    year = move.pupil.year_group
    if year is None:
        return neighbours_of(move.school_id, on=on)
    years = (year, year + 1) if move.boundary == Boundary.IN_YEAR else (year + 1,)
    return [
        school
        for school in neighbours_of(move.school_id, on=on)
        if school.pk == move.to_school_id or any(teaches_year(ages_of(school), each) for each in years)
    ]


def neighbours_of(school_id: uuid.UUID, *, on: date) -> list[Organisation]:
    """The open schools that share a partnership with this one, by name."""
    current = Membership.objects.current(on=on)
    partnerships = current.filter(organisation=school_id).values("partnership_id")
    rows = (
        Organisation.objects.schools()
        .open()
        .filter(memberships__in=current.filter(partnership__in=partnerships))
    )
    return list(rows.exclude(pk=school_id).distinct().order_by("name_key", "pk"))


def find_school(pk: uuid.UUID | str | None) -> Organisation | None:
    """A school by id: which schools there are is public."""
    return Organisation.objects.schools().filter(pk=pk).first() if pk else None


def schools_managed(viewer: Viewer) -> list[Organisation]:
    """The schools at which the viewer may add a child."""
    return list(Organisation.objects.filter(pk__in=viewer.reach(Permission.MANAGE_PUPILS)).by_name())


def schools_named(text: str, *, at_most: int) -> list[Organisation]:
    """Open schools by name, town, postcode or number, as the directory finds them; a closed one by its whole number."""
    found = matching(Organisation.objects.schools(), text)
    if not text.strip().isdigit():
        found = found.filter(pk__in=Organisation.objects.open())
    return list(found.order_by("name_key", "pk")[:at_most])


def classes_managed(viewer: Viewer) -> list[ClassGroup]:
    """The classes of those schools."""
    return list(
        ClassGroup.objects.filter(school__in=viewer.reach(Permission.MANAGE_PUPILS)).order_by(
            "year_group", "name"
        )
    )

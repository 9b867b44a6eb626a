"""Rows about the children of a teacher's classes: the child and the school must fit together."""

from __future__ import annotations

from django.db.models import Q

from partnership.access.viewer import Viewer


def in_class_of(viewer: Viewer, *, school: str, pupil: str = "pupil") -> Q:
    """Rows whose child is in one of the viewer's classes at the school named by this column; none without a class."""
    found = Q(pk__in=[])
    for school_id, pupils in viewer.class_places.items():
        found |= Q(**{school: school_id, f"{pupil}__in": pupils})
    return found

"""`manage.py import_pupils FILE`: reads a school's pupil list."""

from __future__ import annotations

from schools.enums import ImportKind
from schools.management.importing import ImportCommand


class Command(ImportCommand):
    """Reads a school's pupil list; --apply keeps the children of a leaving year and their moves."""

    help = "Read a school's pupil list; --apply keeps the children of a leaving year and their moves."
    kind = ImportKind.PUPILS
    needs_school = True

"""`manage.py import_staff FILE`: who works where, in which role."""

from __future__ import annotations

from schools.enums import ImportKind
from schools.management.importing import ImportCommand


class Command(ImportCommand):
    """Reads a staff list; --apply appoints, and invites whoever has an e-mail address."""

    help = "Read a staff list; --apply appoints, and invites whoever has an e-mail address."
    kind = ImportKind.STAFF

"""`manage.py import_offers FILE`: reads an offer list. Without --school it is taken as the local authority's whole list."""

from __future__ import annotations

from schools.enums import ImportKind
from schools.management.importing import ImportCommand


class Command(ImportCommand):
    """Reads an offer list; --apply keeps the children of a leaving year and their moves."""

    help = "Read an offer list; --apply keeps the children of a leaving year and their moves."
    kind = ImportKind.OFFERS

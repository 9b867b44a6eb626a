"""`manage.py import_ctf FILE`: reads a common transfer file. The sender's own, unless --school names the receiver."""

from __future__ import annotations

from schools.enums import ImportKind
from schools.management.importing import ImportCommand


class Command(ImportCommand):
    """Reads a common transfer file; --apply keeps the children of a leaving year and their moves."""

    help = "Read a common transfer file; --apply keeps the children of a leaving year and their moves."
    kind = ImportKind.CTF

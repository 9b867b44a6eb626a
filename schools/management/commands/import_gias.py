"""`manage.py import_gias FILE`: schools, links between schools, or trust membership; which, the headings tell."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import BinaryIO

from schools.enums import ImportKind
from schools.formats.errors import FileRefused
from schools.formats.gias_files import GROUP_LINKS, LINKS, gias_kind
from schools.management.importing import ImportCommand


class Command(ImportCommand):
    """Reads a file from Get Information about Schools."""

    help = "Read schools, links or trust membership from a GIAS file; --apply writes them."
    kind = ImportKind.GIAS
    takes_school = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--confirm-fewer",
            action="store_true",
            help="apply a file that lacks more than a fifth of the schools known in its LAs",
        )

    def kind_of(self, source: BinaryIO) -> ImportKind:
        try:
            found = gias_kind(source)
        except FileRefused:
            found = ""  # the reader says why
        source.seek(0)
        return {LINKS: ImportKind.GIAS_LINKS, GROUP_LINKS: ImportKind.GROUP_LINKS}.get(found, ImportKind.GIAS)

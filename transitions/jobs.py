"""Long work of moves: the files that bring children."""

from __future__ import annotations

from schools.actions.imports import register
from transitions.actions.imports.ctf import CtfImporter
from transitions.actions.imports.offers import OffersImporter
from transitions.actions.imports.pupils import PupilsImporter

for importer in (CtfImporter(), PupilsImporter(), OffersImporter()):
    register(importer)

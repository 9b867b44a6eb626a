"""Long work of moves: the files that bring children, and the boards that leave as files."""

from __future__ import annotations

from partnership.outbox import housekeeping, jobs
from schools.actions.imports import register
from transitions.actions.exports import EXPORT_JOB, delete_outdated
from transitions.actions.imports.ctf import CtfImporter
from transitions.actions.imports.offers import OffersImporter
from transitions.actions.imports.pupils import PupilsImporter
from transitions.jobs.exports import make_file

for importer in (CtfImporter(), PupilsImporter(), OffersImporter()):
    register(importer)
jobs.register(EXPORT_JOB, make_file)
housekeeping.register("transitions.exports", delete_outdated)

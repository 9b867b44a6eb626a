"""Files in: received, read into rows by a job, previewed, applied in one short transaction."""

from schools.actions.imports.applying import apply_import
from schools.actions.imports.base import (
    AsksFirst,
    Importer,
    ImportRefused,
    NotReady,
    importer_for,
    importers,
    register,
)
from schools.actions.imports.deciding import decide_row
from schools.actions.imports.keeping import delete_outdated, discard_import
from schools.actions.imports.receiving import OtherForm, TooLarge, receive_file
from schools.actions.imports.staging import STAGE_JOB, fail_import, stage_import

__all__ = [
    "STAGE_JOB",
    "AsksFirst",
    "ImportRefused",
    "Importer",
    "NotReady",
    "OtherForm",
    "TooLarge",
    "apply_import",
    "decide_row",
    "delete_outdated",
    "discard_import",
    "fail_import",
    "importer_for",
    "importers",
    "receive_file",
    "register",
    "stage_import",
]

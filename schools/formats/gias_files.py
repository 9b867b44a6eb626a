"""Which of the GIAS files this is, told by its headings, from a CSV or from the service's zip."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

from schools.formats.columns import fold_heading
from schools.formats.errors import FileRefused
from schools.formats.sniff import foreign_kind, head_of, size_of
from schools.formats.table import MEGABYTE, Limits, Table, read_table
from schools.formats.zips import CsvZip, is_zip

LIMITS = Limits(size=200 * MEGABYTE, rows=150_000)  # the whole of England has about 52,000 rows and 60 MB

SCHOOLS, LINKS, GROUP_LINKS = "schools", "links", "group_links"
_NAMES = {SCHOOLS: "schools", LINKS: "links between schools", GROUP_LINKS: "trust membership"}
_OTHERS = {
    "childrens_centres": "This is the children's centres file: it has no establishment numbers and no ages, "
    "and children's centres are not imported as schools.",
    "schools_2017": "This is an EduBase file of 2017 or older (its headings are “Establishment name” and "
    "“Local authority (code)”): download today's file from Get Information about Schools.",
    "schools": "This is the file of schools: upload it under schools.",
    "links": "This is the file of links between schools: upload it under links.",
    "group_links": "This is the file of trust membership (group links): upload it under group links.",
}


def kind_of(header: Sequence[str]) -> str:
    """schools, links, group_links, childrens_centres, schools_2017, or "" for none of these."""
    names = {fold_heading(heading) for heading in header}
    if {"urn", "linkurn"} <= names:
        return LINKS
    if {"urn", "linkeduid"} <= names:
        return GROUP_LINKS
    if not {"urn", "establishmentname"} <= names:
        return ""
    if "localauthoritycode" in names:
        return "schools_2017"
    if "typeofestablishmentname" in names and not names & {"establishmentnumber", "statutorylowage"}:
        return "childrens_centres"
    return SCHOOLS


def gias_kind(source: bytes | BinaryIO) -> str:
    """For a caller who knows only "a GIAS file": the kind of the CSV, or of the first known one in a zip."""
    kinds = [kind_of(table.header) for _name, table in _tables(source)]
    return next((kind for kind in kinds if kind in _NAMES), kinds[0])


def open_gias(source: bytes | BinaryIO, kind: str) -> tuple[str, Table]:
    """The name inside the zip ("" for a CSV) and the table; FileRefused says which other file it is."""
    tables = _tables(source)
    fitting = [(name, table) for name, table in tables if kind_of(table.header) == kind]
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        raise FileRefused(f"The zip holds {len(fitting)} files of {_NAMES[kind]}: upload the one you mean.")
    if len(tables) > 1:
        raise FileRefused(f"None of the {len(tables)} files in the zip is a file of {_NAMES[kind]}.")
    table = tables[0][1]
    found = kind_of(table.header)
    if found in _OTHERS:
        raise FileRefused(_OTHERS[found])
    if "urn" not in {fold_heading(heading) for heading in table.header}:
        raise FileRefused("This file has no URN column: schools are told apart by their URN alone.")
    raise FileRefused(f"This is no GIAS file of {_NAMES[kind]}: it has a URN but not the other headings.")


def _tables(source: bytes | BinaryIO) -> list[tuple[str, Table]]:
    stream: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source
    head = head_of(stream)
    if not is_zip(head) or "Excel" in (foreign_kind(head) or ""):
        return [("", read_table(stream, LIMITS))]
    if size_of(stream) > LIMITS.size:
        raise FileRefused(f"The zip is larger than {LIMITS.size // MEGABYTE} MB.")
    packed = CsvZip(stream)
    return [(name, read_table(packed.open(name), LIMITS)) for name in packed.names]

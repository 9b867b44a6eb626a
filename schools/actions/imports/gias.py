"""Schools from Get Information about Schools, keyed by URN: a DfE number can be reused by a successor (data.md 0.1).

A column the file lacks leaves its value alone; absence from a file never closes a school; no head teacher is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from partnership.lib.names import fold
from schools.actions.imports import gias_sql
from schools.actions.imports.base import (
    Applying,
    Guide,
    StagedRow,
    Staging,
    problem,
    refused,
    stored,
    too_long,
)
from schools.actions.imports.gias_fields import FIELDS, columns_of, differences
from schools.enums import ImportKind, RowOutcome
from schools.formats.errors import Parsed
from schools.formats.gias import read_schools
from schools.formats.gias_record import SchoolRecord
from schools.models import Organisation

T = TypeVar("T")
CHUNK = 1000
LARGEST_DROP = 5
"""A file that lacks more than one school in so many of those known in its LAs asks first (data.md 1)."""


def in_chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


class GiasImporter:
    """The extract (140 columns), the search download (111) and the state-funded list (33), CSV or the service's zip."""

    kind = ImportKind.GIAS
    guide = Guide(
        title="Schools from GIAS",
        hint="The file of establishments from Get Information about Schools, as CSV or as the zip it comes in.",
        accept=".csv,.zip",
        after=(("schools:directory", "Look at the schools"),),
    )

    def stage(self, staging: Staging) -> None:
        """Compare each school with what is known, a thousand at a time."""
        staging.expect(line_count(staging))
        file = read_schools(staging.source)
        urns: dict[str, set[int]] = {}
        las: dict[str, str] = {}
        trusts: dict[str, str] = {}
        for chunk in in_chunks(file):
            known = gias_sql.known_schools([each.record.urn for each in chunk if each.record])
            for parsed in chunk:
                row = self._row(parsed, known)
                staging.add(row)
                if parsed.record is None or row.outcome == RowOutcome.REFUSED:
                    continue
                record = parsed.record
                urns.setdefault(record.la_code, set()).add(record.urn)
                if record.la_code and record.la_name:
                    las.setdefault(record.la_code, record.la_name)
                if trust := trust_of(record):
                    trusts.setdefault(trust, record.trust_name)
        staging.warn(*file.warnings)
        staging.facts |= {"las": las, "trusts": trusts}
        self._compare_with_known(staging, urns, las)

    def apply(self, applying: Applying) -> dict[str, int]:
        """LAs and trusts first, then the schools in two statements."""
        gias_sql.lock()
        gias_sql.make_authorities(applying.facts.get("las", {}))
        gias_sql.make_trusts(applying.facts.get("trusts", {}))
        changed = gias_sql.update_schools(applying.importing.pk)
        return {"new": gias_sql.insert_schools(applying.importing.pk), "changed": changed}

    def _row(self, parsed: Parsed[SchoolRecord], known: dict[int, dict[str, Any]]) -> StagedRow:
        record = parsed.record
        if record is None or not parsed.ok:
            return StagedRow(line=parsed.line, outcome=RowOutcome.REFUSED, problems=stored(parsed.problems))
        columns = columns_of(record, fold(record.name)[:220])
        said = {**columns, "la_code": record.la_code, "group_uid": record.trust_uid}
        if long := too_long(Organisation, said):
            name, value, reason = long
            label = FIELDS[name][1] if name in FIELDS else "Trust"
            return refused(parsed.line, problem(parsed.line, label, value, reason))
        data: dict[str, Any] = {
            "show": {"title": record.name, "detail": detail_of(record)},
            "urn": record.urn,
            "set": columns,
            "la": record.la_code if "la_code" in record.present else None,
            "trust": trust_of(record) if record.present & {"trust_uid", "trust_name"} else None,
        }
        before = known.get(record.urn)
        if before is None:
            return StagedRow(line=parsed.line, outcome=RowOutcome.NEW, key=str(record.urn), data=data)
        changes = differences(before, columns)
        if data["la"] and before["la"] != data["la"] and record.la_name:
            changes["Local authority"] = [before["la_name"] or "blank", record.la_name]
        if data["trust"] is not None and data["trust"] not in (before["trust_uid"], before["trust_key"]):
            changes["Trust"] = [before["trust_name"] or "none", record.trust_name or "none"]
        outcome = RowOutcome.CHANGED if changes else RowOutcome.UNCHANGED
        return StagedRow(
            line=parsed.line,
            outcome=outcome,
            key=str(record.urn),
            data=data if changes else {},
            changes=changes,
            target_id=before["id"],
        )

    def _compare_with_known(self, staging: Staging, urns: dict[str, set[int]], las: dict[str, str]) -> None:
        """Count the open schools of these LAs that the file lacks; more than a fifth makes the import ask."""
        codes = [code for code in urns if code]
        schools = Organisation.objects.schools().open().filter(la_code__in=codes, urn__isnull=False)
        known = list(schools.values_list("la_code", "urn"))
        absent = sum(urn not in urns[code] for code, urn in known)
        if absent * LARGEST_DROP > len(known):
            names = ", ".join(las.get(code, code) for code in codes[:3]) + (" …" if len(codes) > 3 else "")
            staging.facts["asks"] = (
                f"{absent} of the {len(known)} open schools known in {names} are not in this file. "
                "None of them is closed by it: say that a shorter file is meant."
            )
            staging.warn(staging.facts["asks"])


def trust_of(record: SchoolRecord) -> str:
    """What a trust is known by: its number, else its folded name; '' for none and for a foundation's."""
    if not record.trust_name or record.trust_kind == "foundation":
        return ""
    return record.trust_uid or fold(record.trust_name)[:220]


def detail_of(record: SchoolRecord) -> str:
    """A school in a few words."""
    parts = [f"URN {record.urn}", record.town or record.la_name, record.type_name]
    return ", ".join(part for part in parts if part)


def line_count(staging: Staging) -> int:
    """About how many rows there are, for the progress bar; 0 for a zip, whose lines cannot be counted unopened."""
    staging.source.seek(0)
    if staging.source.read(2) == b"PK":
        staging.source.seek(0)
        return 0
    staging.source.seek(0)
    lines = 0
    while block := staging.source.read(1024 * 1024):
        lines += block.count(b"\n")
    staging.source.seek(0)
    return lines

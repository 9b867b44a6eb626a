"""Who came after whom, and who belongs to which trust: the two smaller files of GIAS."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from partnership.lib.names import fold
from schools.actions.imports import gias_sql
from schools.actions.imports.base import Applying, Guide, StagedRow, Staging, stored
from schools.actions.imports.gias import in_chunks, line_count
from schools.actions.imports.rows import going_in
from schools.enums import ImportKind, OrganisationKind, RowOutcome
from schools.formats.gias_links import read_group_links, read_links
from schools.models import Organisation, SchoolLink

NOWHERE = uuid.UUID(int=0)
"""Every row that goes in names its school; this stands for none and fits none."""


def schools_by_urn(urns: Iterable[int]) -> dict[int, Organisation]:
    """The known schools among these URNs."""
    found = Organisation.objects.filter(urn__in=set(urns)).select_related("trust")
    return {school.urn: school for school in found if school.urn is not None}


class LinksImporter:
    """Predecessors and successors. A school not known here has its links left out, and counted."""

    kind = ImportKind.GIAS_LINKS
    guide = Guide(
        title="School links from GIAS",
        hint="The file of links between establishments: who came before and after whom.",
        accept=".csv,.zip",
    )

    def stage(self, staging: Staging) -> None:
        staging.expect(line_count(staging))
        file = read_links(staging.source)
        strangers = 0
        seen: set[tuple[int, int, str]] = set()
        for chunk in in_chunks(file):
            schools = schools_by_urn(each.record.urn for each in chunk if each.record)
            links = SchoolLink.objects.filter(organisation__in=[school.pk for school in schools.values()])
            known = {(link.organisation_id, link.other_urn, link.link_type): link for link in links}
            for parsed in chunk:
                record = parsed.record
                if record is None or not parsed.ok:
                    staging.add(StagedRow(parsed.line, RowOutcome.REFUSED, problems=stored(parsed.problems)))
                    continue
                school, kind = schools.get(record.urn), record.link_type[:80]
                identity = (record.urn, record.link_urn, kind)
                if school is None or identity in seen:
                    strangers += school is None
                    staging.count_dropped(1)
                    continue
                seen.add(identity)
                on = record.established_on.isoformat() if record.established_on else None
                data: dict[str, Any] = {
                    "show": {"title": school.name, "detail": f"{kind}: {record.link_name}"},
                    "other_urn": record.link_urn,
                    "other_name": record.link_name[:200],
                    "type": kind,
                    "on": on,
                }
                before = known.get((school.pk, record.link_urn, kind))
                staging.add(self._row(parsed.line, data, school, before))
        staging.warn(*file.warnings)
        if strangers:
            staging.warn(
                f"{strangers:,} links are of schools not known here: they were counted and left out."
            )

    def _row(
        self, line: int, data: dict[str, Any], school: Organisation, before: SchoolLink | None
    ) -> StagedRow:
        if before is None:
            return StagedRow(line, RowOutcome.NEW, data, target_id=school.pk)
        changes = {}
        if before.other_name != data["other_name"]:
            changes["Name"] = [before.other_name, data["other_name"]]
        old = before.established_on.isoformat() if before.established_on else None
        if old != data["on"]:
            changes["Established"] = [old or "blank", data["on"] or "blank"]
        outcome = RowOutcome.CHANGED if changes else RowOutcome.UNCHANGED
        return StagedRow(line, outcome, data if changes else {}, changes=changes, target_id=school.pk)

    def apply(self, applying: Applying) -> dict[str, int]:
        gias_sql.lock()
        done = 0
        for chunk in in_chunks(going_in(applying.importing)):
            links = [
                SchoolLink(
                    organisation_id=row.target_id or NOWHERE,
                    other_urn=row.data["other_urn"],
                    other_name=row.data["other_name"],
                    link_type=row.data["type"],
                    established_on=row.data["on"],
                )
                for row in chunk
            ]
            SchoolLink.objects.bulk_create(
                links,
                update_conflicts=True,
                unique_fields=["organisation", "other_urn", "link_type"],
                update_fields=["other_name", "established_on"],
            )
            done += len(links)
        return {"links": done}


class GroupLinksImporter:
    """Which trust an academy belongs to. Sponsors and closed groups are counted and left out."""

    kind = ImportKind.GROUP_LINKS
    guide = Guide(
        title="Trust membership from GIAS",
        hint="The file of group links: which academy belongs to which trust.",
        accept=".csv,.zip",
    )

    def stage(self, staging: Staging) -> None:
        staging.expect(line_count(staging))
        file = read_group_links(staging.source)
        trusts: dict[str, list[str]] = {}
        strangers = 0
        seen: set[int] = set()
        for chunk in in_chunks(file):
            schools = schools_by_urn(each.record.urn for each in chunk if each.record)
            for parsed in chunk:
                record = parsed.record
                if record is None or not parsed.ok:
                    staging.add(StagedRow(parsed.line, RowOutcome.REFUSED, problems=stored(parsed.problems)))
                    continue
                school = schools.get(record.urn)
                if record.kind != "trust" or not record.is_open or school is None or record.urn in seen:
                    strangers += school is None
                    staging.count_dropped(1)
                    continue
                seen.add(record.urn)
                trusts[record.group_uid] = [record.group_name, record.companies_house_number]
                same = school.trust is not None and school.trust.group_uid == record.group_uid
                before = school.trust.name if school.trust else "none"
                data = {
                    "show": {"title": school.name, "detail": record.group_name},
                    "trust": record.group_uid,
                }
                staging.add(
                    StagedRow(
                        parsed.line,
                        RowOutcome.UNCHANGED if same else RowOutcome.CHANGED,
                        {} if same else data,
                        changes={} if same else {"Trust": [before, record.group_name]},
                        target_id=school.pk,
                    )
                )
        staging.facts["trusts"] = trusts
        staging.warn(*file.warnings)
        if strangers:
            staging.warn(f"{strangers:,} rows are of schools not known here: they were counted and left out.")

    def apply(self, applying: Applying) -> dict[str, int]:
        gias_sql.lock()
        trusts: dict[str, list[str]] = applying.facts.get("trusts", {})
        gias_sql.make_trusts({uid: name for uid, (name, _company) in trusts.items()})
        known = Organisation.objects.filter(kind=OrganisationKind.TRUST, group_uid__in=trusts)
        by_uid = {trust.group_uid: trust for trust in known}
        for uid, trust in by_uid.items():
            name, company = trusts[uid]
            trust.name, trust.name_key = name[:200], fold(name)[:220]
            trust.companies_house_number = company or trust.companies_house_number
        Organisation.objects.bulk_update(by_uid.values(), ["name", "name_key", "companies_house_number"])
        done = 0
        for row in going_in(applying.importing):
            done += Organisation.objects.filter(pk=row.target_id or NOWHERE).update(
                trust=by_uid[row.data["trust"]]
            )
        return {"schools": done}

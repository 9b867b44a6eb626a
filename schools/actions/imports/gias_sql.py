"""The statements by which 30,000 schools go in at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import F

from partnership.lib.names import fold
from schools.actions.imports.gias_fields import FIELDS
from schools.enums import OrganisationKind
from schools.models import ImportRow, Organisation

ORGANISATION = Organisation._meta.db_table
ROW = ImportRow._meta.db_table
OTHER_TEXT = ("mailbox", "group_uid", "companies_house_number")


def lock() -> None:
    """One import of schools at a time, until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('schools.import.gias'))")


def known_schools(urns: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What is known of these URNs."""
    columns = Organisation.objects.filter(urn__in=urns).values(
        "id",
        "urn",
        *FIELDS,
        la=F("local_authority__la_code"),
        la_name=F("local_authority__name"),
        trust_uid=F("trust__group_uid"),
        trust_key=F("trust__name_key"),
        trust_name=F("trust__name"),
    )
    return {
        row["urn"]: {**row, "trust_uid": row["trust_uid"] or "", "trust_key": row["trust_key"] or ""}
        for row in columns
    }


def make_authorities(names: Mapping[str, str]) -> None:
    """An organisation for each LA the file names that is not known; known ones keep their name."""
    Organisation.objects.bulk_create(
        [
            Organisation(
                kind=OrganisationKind.LOCAL_AUTHORITY,
                name=name[:200],
                name_key=fold(name)[:220],
                la_code=code[:3],
            )
            for code, name in names.items()
        ],
        ignore_conflicts=True,
    )


def make_trusts(names: Mapping[str, str]) -> None:
    """A trust is known by its GIAS number; one known only by name gets its number when a file brings it."""
    trusts = Organisation.objects.filter(kind=OrganisationKind.TRUST)
    known = set(trusts.exclude(group_uid="").values_list("group_uid", flat=True))
    by_name = {trust.name_key: trust for trust in trusts.filter(group_uid="")}
    new = []
    for key, name in names.items():
        name_key = fold(name)[:220]
        if key in known:
            continue
        uid = key if key.isdigit() else ""
        if (trust := by_name.get(name_key)) is not None:
            if uid:
                Organisation.objects.filter(pk=trust.pk, group_uid="").update(group_uid=uid)
                known.add(uid)
                del by_name[name_key]
            continue
        if not uid and trusts.filter(name_key=name_key).exists():
            continue
        new.append(
            Organisation(kind=OrganisationKind.TRUST, name=name[:200], name_key=name_key, group_uid=uid)
        )
    Organisation.objects.bulk_create(new, ignore_conflicts=True)


RELATIONS = f"""
    LEFT JOIN {ORGANISATION} la ON la.kind = 'local_authority' AND la.la_code = r.data->>'la'
    LEFT JOIN (
        SELECT DISTINCT ON (key) key, id FROM (
            SELECT group_uid AS key, id, 0 AS rank FROM {ORGANISATION} WHERE kind = 'trust' AND group_uid <> ''
            UNION ALL SELECT name_key, id, 1 FROM {ORGANISATION} WHERE kind = 'trust'
        ) named ORDER BY key, rank, id
    ) tr ON tr.key = r.data->>'trust'
"""  # noqa: S608  (names of our own tables)
"""A row's LA and trust, the trust by its number or else by its folded name."""


def update_schools(import_id: uuid.UUID) -> int:
    """Known schools: only what the row speaks about changes."""
    sets = ", ".join(
        f"{column} = CASE WHEN s.new ? '{column}' THEN (s.new->>'{column}')::{kind} ELSE o.{column} END"
        for column, (_source, _label, kind) in FIELDS.items()
    )
    statement = f"""
        UPDATE {ORGANISATION} o SET {sets},
            local_authority_id = CASE WHEN coalesce(s.data->>'la', '') = '' THEN o.local_authority_id ELSE s.la END,
            trust_id = CASE WHEN s.data->>'trust' IS NULL THEN o.trust_id ELSE s.trust END
        FROM (
            SELECT r.data, r.data->'set' AS new, (r.data->>'urn')::int AS urn, la.id AS la, tr.id AS trust
            FROM {ROW} r {RELATIONS}
            WHERE r.of_id = %s AND r.outcome IN ('new', 'changed')
        ) s
        WHERE o.urn = s.urn
    """  # noqa: S608  (names of our own tables and columns)
    with connection.cursor() as cursor:
        cursor.execute(statement, [import_id])
        return int(cursor.rowcount)


def insert_schools(import_id: uuid.UUID) -> int:
    """Schools met for the first time; what the file lacks is blank."""
    columns = ["id", "kind", "urn", "is_county", *OTHER_TEXT, *FIELDS, "local_authority_id", "trust_id"]
    values = [
        "gen_random_uuid()",
        "'school'",
        "(r.data->>'urn')::int",
        "false",
        *("''" for _ in OTHER_TEXT),
        *(
            f"coalesce(r.data->'set'->>'{column}', '')"
            if kind == "text"
            else f"(r.data->'set'->>'{column}')::{kind}"
            for column, (_source, _label, kind) in FIELDS.items()
        ),
        "la.id",
        "tr.id",
    ]
    statement = f"""
        INSERT INTO {ORGANISATION} ({", ".join(columns)})
        SELECT {", ".join(values)} FROM {ROW} r {RELATIONS}
        WHERE r.of_id = %s AND r.outcome IN ('new', 'changed')
          AND NOT EXISTS (SELECT 1 FROM {ORGANISATION} o WHERE o.urn = (r.data->>'urn')::int)
        ON CONFLICT (urn) DO NOTHING
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [import_id])
        return int(cursor.rowcount)

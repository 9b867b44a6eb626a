"""The statements by which the rows of a file go in at once, from what was kept with each at the preview."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from schools.actions.imports.rows import GOES_IN
from schools.enums import SenProvision
from schools.models import ClassGroup, ClassPlace, ImportRow, Pupil
from transitions.actions.imports.facts import LABELS
from transitions.actions.imports.known import LISTS, selected
from transitions.actions.imports.planning import OWN
from transitions.models import NO_SCHOOL, DestinationChange, Transition
from transitions.models.moves import REFERENCE_LETTERS, SEEN_FROM

ROW, PUPIL, MOVE = ImportRow._meta.db_table, Pupil._meta.db_table, Transition._meta.db_table
GROUP, PLACE = ClassGroup._meta.db_table, ClassPlace._meta.db_table
GOING = "going_in"
"""The rows that go in, unpacked once; gone with the transaction."""

FILLED = ["school_id", "added_because", "name_key", *LABELS]
CASTS = {
    "born_on": "(facts->>'born_on')::date", "year_group": "(facts->>'year_group')::smallint",
    "sen_provision": f"coalesce(facts->>'sen_provision', '{SenProvision.NONE.value}')",
    **{name: f"coalesce(facts->'{name}', '[]')" for name in LISTS},
    **{name: f"(facts->>'{name}')::boolean" for name in ("free_school_meals", "in_care", "medical_flag")},
}  # fmt: skip
"""How a fact becomes a column of a new child; what the file says nothing of is blank."""
DRAWN = (0, 1, 2, 3, 4, 5, 10)
"""Bytes of a random UUID that are random through and through."""
REFERENCE = "'T-' || " + " || ".join(
    f"substr('{REFERENCE_LETTERS}', 1 + mod(get_byte(drawn, {byte}), {len(REFERENCE_LETTERS)}), 1)"
    for byte in DRAWN
)
DESTINATION = "jsonb_build_object('state', dest->>'state', 'to', dest->>'school', 'source', dest->>'source')"


@dataclass(frozen=True, slots=True)
class Going:
    """How many of what go in; `twice` are rows left out because an earlier one is about the same child."""

    children: int
    made: int
    kept: int
    begun: int
    classed: int
    twice: int


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def run(statement: str, values: Sequence[Any] | dict[str, Any] = ()) -> int:
    """One statement; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)


def children_named(import_id: uuid.UUID) -> list[dict[str, Any]]:
    """Whom the rows are about, those left out by hand too: present school, UPN, birth date."""
    rows = selected(
        f"""SELECT data->>'school', coalesce(data->'facts'->>'upn', ''), coalesce(data->'facts'->>'born_on', '')
        FROM {ROW} WHERE of_id = %(of)s AND data ? 'facts'""",  # noqa: S608 - names of our own tables, here and below
        {"of": import_id},
    )
    return [{"school": school, "facts": {"upn": upn, "born_on": born}} for school, upn, born in rows]


def schools_going_in(import_id: uuid.UUID) -> list[dict[str, str]]:
    """The present schools of the rows that go in."""
    rows = selected(
        f"SELECT DISTINCT data->>'school' FROM {ROW} WHERE of_id = %(of)s AND outcome = ANY (%(goes)s)",  # noqa: S608
        {"of": import_id, "goes": list(GOES_IN)},
    )
    return [{"school": school} for (school,) in rows]


def replan(rows: Iterable[dict[str, Any]]) -> None:
    """Replace what was kept with these rows."""
    changed = list(rows)
    if changed:
        run(
            f"""UPDATE {ROW} r SET outcome = s.outcome, data = r.data || jsonb_build_object('plan', s.plan)
            FROM jsonb_to_recordset(%s::jsonb) AS s(id bigint, outcome text, plan jsonb) WHERE r.id = s.id""",  # noqa: S608
            [as_json(changed)],
        )


@contextmanager
def going(import_id: uuid.UUID) -> Iterator[Going]:
    """Unpack the rows that go in while the block runs. Of two rows about one child the earlier goes in."""
    rows = run(
        f"""
        CREATE TEMP TABLE {GOING} ON COMMIT DROP AS
        WITH twice AS (
            SELECT data->'plan'->>'child' AS child, min(line) AS first FROM {ROW}
            WHERE of_id = %(of)s AND outcome = ANY (%(goes)s) AND data->'plan' ? 'child'
            GROUP BY child HAVING count(*) > 1
        )
        SELECT (data->>'school')::uuid AS school_id, data->>'mode' = %(own)s AS own, data->>'because' AS because,
            data->'facts' AS facts, data->'plan'->'set' AS sets, data->'plan'->>'name_key' AS name_key,
            data->'plan'->>'child' IS NULL AS made,
            coalesce((data->'plan'->>'child')::uuid, gen_random_uuid()) AS child_id,
            data->'plan'->>'move' IS NULL AS begun,
            coalesce((data->'plan'->>'move')::uuid, gen_random_uuid()) AS move_id,
            data->'move' AS leaving, CASE WHEN (data->'plan'->>'to')::boolean THEN data->'to' END AS dest,
            uuid_send(gen_random_uuid()) AS drawn
        FROM {ROW} LEFT JOIN twice ON twice.child = data->'plan'->>'child'
        WHERE of_id = %(of)s AND outcome = ANY (%(goes)s) AND (twice.first IS NULL OR twice.first = line)
        """,  # noqa: S608
        {"of": import_id, "own": OWN, "goes": list(GOES_IN)},
    )
    (counts,) = selected(
        f"""
        SELECT count(*), count(*) FILTER (WHERE made), count(*) FILTER (WHERE {CHANGED}),
            count(*) FILTER (WHERE begun), count(*) FILTER (WHERE {CLASSED}),
            (SELECT count(*) FROM {ROW} WHERE of_id = %(of)s AND outcome = ANY (%(goes)s))
        FROM {GOING} going
        """,  # noqa: S608
        {"of": import_id, "goes": list(GOES_IN)},
    )
    children, made, kept, begun, classed, all_rows = counts
    yield Going(children, made, kept, begun, classed, twice=all_rows - rows)
    run(f"DROP TABLE {GOING}")


CHANGED = "own AND NOT made"
CLASSED = "own AND facts->>'class_name' IS NOT NULL"


def insert_pupils() -> None:
    """Children met for the first time, at their present school."""
    columns = ", ".join(FILLED)
    run(
        f"""
        INSERT INTO {PUPIL} (id, {columns})
        SELECT child_id, school_id, because, name_key,
            {", ".join(CASTS.get(name, f"coalesce(facts->>'{name}', '')") for name in LABELS)}
        FROM {GOING} WHERE made
        """  # noqa: S608
    )


def update_pupils() -> int:
    """Known children of the present school: what the file changes of them, and that they are here."""
    columns = ", ".join(FILLED[2:])
    return run(
        f"""
        UPDATE {PUPIL} child SET (school_id, added_because, {columns}) = (
            SELECT going.school_id, going.because, {columns}
            FROM jsonb_populate_record(child, coalesce(going.sets, '{{}}')))
        FROM {GOING} going WHERE child.id = going.child_id AND {CHANGED}
        """  # noqa: S608
    )


MISSING = f"AND NOT EXISTS (SELECT 1 FROM {MOVE} there WHERE there.id = move_id)"  # noqa: S608


def insert_moves(at: datetime, which: str = "") -> int:
    """The moves that begin; where a reference is another's by chance, the move stays out for now."""
    return run(
        f"""
        INSERT INTO {MOVE} (id, reference, pupil_id, school_id, to_school_id, seen_by, elsewhere, elsewhere_name, boundary,
            entry_year, moves_on, destination_state, destination_source, destination_on, created_at)
        SELECT move_id, {REFERENCE}, child_id, school_id, (dest->>'school')::uuid,
            CASE WHEN dest->>'state' = ANY (%(seen_from)s) THEN (dest->>'school')::uuid ELSE %(nobody)s END, '', '',
            leaving->>'boundary', (leaving->>'entry_year')::int, (leaving->>'moves_on')::date,
            coalesce(dest->>'state', 'none'), coalesce(dest->>'source', ''), (dest->>'on')::date, %(at)s
        FROM {GOING} going WHERE begun {which}
        ON CONFLICT DO NOTHING
        """,  # noqa: S608
        {"seen_from": list(SEEN_FROM), "nobody": NO_SCHOOL, "at": at},
    )


def insert_moves_once_more(at: datetime) -> int:
    """The same with other references."""
    run(
        f"""UPDATE {GOING} SET drawn = uuid_send(gen_random_uuid())
        WHERE begun {MISSING}"""  # noqa: S608
    )
    return insert_moves(at, MISSING)


def insert_destination_changes(by: uuid.UUID | None, at: datetime) -> None:
    """The first line of the story of each destination that a move begins with."""
    run(
        f"""
        INSERT INTO {DestinationChange._meta.db_table}
            (id, transition_id, state, to_school_id, elsewhere, source, "on", changed_school, by_id, at, note)
        SELECT gen_random_uuid(), move_id, dest->>'state', (dest->>'school')::uuid, '', dest->>'source',
            (dest->>'on')::date, false, %(by)s, %(at)s, ''
        FROM {GOING} WHERE begun AND dest IS NOT NULL
        """,  # noqa: S608
        {"by": by, "at": at},
    )


def known_moves() -> list[tuple[uuid.UUID, dict[str, str]]]:
    """Known moves with the destination that the file gives them."""
    rows = selected(
        f"SELECT move_id, dest::text FROM {GOING} WHERE NOT begun AND dest IS NOT NULL ORDER BY move_id",  # noqa: S608
        {},
    )
    return [(move_id, json.loads(dest)) for move_id, dest in rows]


def leave_destinations(moves: Sequence[uuid.UUID]) -> None:
    """Forget the destinations that could not be set."""
    if moves:
        run(f"UPDATE {GOING} SET dest = NULL WHERE move_id = ANY (%s)", [list(moves)])  # noqa: S608


def placed_by_next_school() -> list[tuple[uuid.UUID, int, int]]:
    """By present school, how many of its children a file of the next school placed, and how many it did not know."""
    rows = selected(
        f"""SELECT school_id, count(*), count(*) FILTER (WHERE made) FROM {GOING}
        WHERE NOT own AND dest IS NOT NULL GROUP BY school_id ORDER BY school_id""",  # noqa: S608
        {},
    )
    return [(school_id, number, added) for school_id, number, added in rows]


def insert_classes() -> None:
    """Classes that the file names and nobody knew."""
    run(
        f"""
        INSERT INTO {GROUP} (id, school_id, name, year_group)
        SELECT DISTINCT ON (going.school_id, facts->>'class_name')
            gen_random_uuid(), going.school_id, facts->>'class_name', child.year_group
        FROM {GOING} going JOIN {PUPIL} child ON child.id = child_id WHERE {CLASSED}
        ON CONFLICT (school_id, name) DO NOTHING
        """  # noqa: S608
    )


def leave_other_classes() -> None:
    run(
        f"""
        DELETE FROM {PLACE} held USING {GOING} going, {GROUP} grouped
        WHERE held.pupil_id = child_id AND grouped.id = held.class_group_id AND {CLASSED}
            AND grouped.school_id = going.school_id AND grouped.name <> facts->>'class_name'
        """  # noqa: S608
    )


def take_places() -> None:
    run(
        f"""
        INSERT INTO {PLACE} (id, class_group_id, pupil_id)
        SELECT gen_random_uuid(), grouped.id, child_id FROM {GOING} going
        JOIN {GROUP} grouped ON grouped.school_id = going.school_id AND grouped.name = facts->>'class_name'
        WHERE {CLASSED} ON CONFLICT DO NOTHING
        """  # noqa: S608
    )

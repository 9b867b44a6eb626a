"""Policies for boards as files. What was asked for is its asker's alone. The file opens to them, and can be put there in
their name, only while they see every child in it: whoever is taken from their sight takes the file along.

The worker's own role sees how a file stands, so that the clock can take it away, and never what was asked nor the bytes:
it makes files as the person who asked."""

from datetime import date
from typing import Any

from django.db import migrations

from partnership.lib.policies import (
    APP,
    ME,
    WORKER,
    all_for_worker,
    drop,
    enable,
    every,
    one_of,
    policies_for_app,
)

EXPORT, FILE = "transitions_export", "transitions_exportfile"
MINE = f"by_id = {ME}"
OF_MINE = one_of("of_id", f"SELECT id FROM {EXPORT} WHERE {MINE}")
ALL_SEEN = """NOT EXISTS (SELECT 1 FROM unnest(moves) told (id) WHERE NOT EXISTS (
    SELECT 1 FROM transitions_transition move JOIN schools_pupil child ON child.id = move.pupil_id
    WHERE move.id = told.id))"""

RULES = {
    EXPORT: {"SELECT": MINE, "INSERT": every(MINE, "state = 'making'"), "UPDATE": MINE},
    FILE: {"SELECT": every(OF_MINE, ALL_SEEN), "INSERT": every(OF_MINE, ALL_SEEN), "DELETE": OF_MINE},
}
RIGHTS = [
    f"REVOKE UPDATE, DELETE ON {EXPORT} FROM {APP}",
    f"GRANT UPDATE (state, reason, rows, job_id) ON {EXPORT} TO {APP}",
    f"REVOKE UPDATE ON {FILE} FROM {APP}",
    f"REVOKE SELECT, INSERT, UPDATE ON {EXPORT}, {FILE} FROM {WORKER}",
    f"GRANT SELECT (id, state, at, expires_at, job_id), UPDATE (state, reason) ON {EXPORT} TO {WORKER}",
    f"GRANT SELECT (of_id) ON {FILE} TO {WORKER}",
]


def forward() -> list[str]:
    lines = []
    for table, rules in RULES.items():
        lines += [*enable(table), *policies_for_app(table, rules), *all_for_worker(table)]
    return [*lines, *RIGHTS]


def backward() -> list[str]:
    return [
        line
        for table, rules in RULES.items()
        for line in drop(table, *(verb.lower() for verb in rules), "worker")
    ]


CODE = "export_kept"


def seed(apps: Any, schema_editor: Any) -> None:
    """How long a file waits; a row somebody has changed stays as they left it."""
    apps.get_model("schools", "Duty").objects.get_or_create(
        code=CODE,
        partnership=None,
        effective_from=date(2020, 9, 1),
        defaults={
            "title": "An exported file is kept until it is fetched, at most",
            "kind": "partnership",
            "source": "How this platform keeps files",
            "amount": 24,
            "unit": "hours",
        },
    )


def unseed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("schools", "Duty").objects.filter(code=CODE, partnership=None).delete()


class Migration(migrations.Migration):
    dependencies = [("transitions", "0030_exports")]

    operations = [migrations.RunSQL(forward(), backward()), migrations.RunPython(seed, unseed)]

"""Row-level policies on files on their way in, and on what the desk sees of mail and work.

A file belongs to an organisation: those who import for it see it with its rows, and its coordinators those that hold no
pupils (practice P6). Of the others coordinators see on their desk how they stand: there alone the row opens to them, since
a file's name and warnings could name a child. The worker reads every file:
that is its work."""

from django.db import migrations

from partnership.lib.policies import (
    APP,
    ME,
    WORKER,
    all_for_worker,
    drop,
    either,
    enable,
    every,
    on,
    one_of,
    policies_for_app,
    within,
)  # fmt: skip

IMPORT, ROW, FILE = "schools_import", "schools_importrow", "schools_importfile"
WITHOUT_PUPILS = "kind IN ('gias', 'gias_links', 'group_links', 'staff')"

IMPORTS_FOR = either(
    within("organisation_id", "files"),
    on("operator"),
    every(WITHOUT_PUPILS, either(within("organisation_id", "coordinated"), within("organisation_id", "appoint"))),
)  # fmt: skip
THEIRS = one_of("of_id", f"SELECT id FROM {IMPORT} WHERE {IMPORTS_FOR}")

RULES = {
    IMPORT: {
        "SELECT": either(
            IMPORTS_FOR, every(on("standing"), either(on("keeps"), within("organisation_id", "coordinated")))
        ),
        "INSERT": every(f"by_id = {ME}", IMPORTS_FOR),
        "UPDATE": IMPORTS_FOR,
    },
    ROW: {"SELECT": THEIRS, "UPDATE": THEIRS, "DELETE": THEIRS},
    FILE: {"SELECT": THEIRS, "INSERT": THEIRS, "DELETE": THEIRS},
}

RIGHTS = [
    f"REVOKE DELETE ON {IMPORT} FROM {APP}",
    f"REVOKE INSERT ON {ROW} FROM {APP}",
    f"REVOKE SELECT, UPDATE ON {FILE} FROM {APP}",
    f"GRANT SELECT (of_id, delete_after) ON {FILE} TO {APP}",
]

PEOPLE = f"SELECT user_id FROM schools_post WHERE {within('organisation_id', 'coordinated')}"
ADDRESSES = f"SELECT email FROM accounts_user WHERE email IS NOT NULL AND id IN ({PEOPLE})"


def of_people(column: str) -> str:
    """Of somebody with a post where the viewer coordinates; a superuser keeps the mail of all."""
    return either(on("keeps"), one_of(column, PEOPLE))


OUTBOX = "outbox_"
DESK = {
    f"{OUTBOX}delivery": either(of_people("recipient_id"), one_of("letter_to", ADDRESSES)),
    f"{OUTBOX}message": every(
        one_of("delivery_id", f"SELECT id FROM {OUTBOX}delivery WHERE state = 'parked'"),
        of_people("recipient_id"),
    ),
    f"{OUTBOX}job": either(of_people("by_id"), one_of("id", f"SELECT job_id FROM {IMPORT}")),
}
"""What went wrong, for those who keep the records (what a job reads shows to those who see its file)."""


def forward() -> list[str]:
    lines = []
    for table, rules in RULES.items():
        lines += [*enable(table), *policies_for_app(table, rules), *all_for_worker(table)]
    lines += RIGHTS
    for table, rule in DESK.items():
        lines.append(f"CREATE POLICY {table}_desk ON {table} FOR SELECT TO {APP} USING ({rule})")
    again = DESK[f"{OUTBOX}delivery"]
    lines.append(
        f"CREATE POLICY {OUTBOX}delivery_again ON {OUTBOX}delivery FOR UPDATE TO {APP} "
        f"USING (state = 'parked' AND {again}) WITH CHECK (state = 'waiting' AND {again})"
    )
    return lines


def backward() -> list[str]:
    lines = [f"DROP POLICY {OUTBOX}delivery_again ON {OUTBOX}delivery"]
    lines += [f"DROP POLICY {table}_desk ON {table}" for table in DESK]
    for table, rules in RULES.items():
        lines += drop(table, *(verb.lower() for verb in rules), "worker")
    lines.append(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {FILE} TO {APP}, {WORKER}")
    return lines


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0002_calendar_and_duties"),
        ("outbox", "0002_walls"),
        ("accounts", "0001_initial"),
    ]

    operations = [migrations.RunSQL(forward(), backward())]

"""Row-level policies on messages, mail and long work: one's own, and the worker's.

Whoever acts may tell others, and never reads what they are told. The text of a letter (a way in, a new password) is read
by the worker alone: the app writes it and sees no more than to whom it goes. The health page sees since when something
waits, and nothing else of it. What coordinators see of what went wrong follows with the posts (schools)."""

import django.db.models.fields.json
from django.db import migrations, models

from partnership.lib.policies import (
    APP,
    ME,
    all_for_worker,
    drop,
    either,
    enable,
    every,
    on,
    policies_for_app,
)  # fmt: skip

MESSAGE, DELIVERY, JOB = "outbox_message", "outbox_delivery", "outbox_job"

RULES = {
    MESSAGE: {
        "SELECT": f"recipient_id = {ME}",
        "INSERT": "read_at IS NULL AND delivery_id IS NULL AND dropped_reason = ''",
        "UPDATE": f"recipient_id = {ME}",
    },
    DELIVERY: {
        "SELECT": on("health"),
        "INSERT": "recipient_id IS NULL AND letter IS NOT NULL AND state = 'waiting'",
    },
    JOB: {"SELECT": either(f"by_id = {ME}", on("health")), "INSERT": every(f"by_id = {ME}", "state = 'queued'")},
}  # fmt: skip
RIGHTS = [
    f"REVOKE UPDATE, DELETE ON {MESSAGE} FROM {APP}",
    f"GRANT UPDATE (read_at, dropped_reason, needs_mail) ON {MESSAGE} TO {APP}",
    f"REVOKE SELECT, UPDATE, DELETE ON {DELIVERY} FROM {APP}",
    f"""GRANT SELECT (id, recipient_id, day, any_hour, state, due_at, lease_until, attempts, last_error, created_at,
        sent_at, letter_to), UPDATE (state, due_at, attempts, last_error) ON {DELIVERY} TO {APP}""",
    f"REVOKE UPDATE, DELETE ON {JOB} FROM {APP}",
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


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [
        migrations.AddField(
            "delivery",
            "letter_to",
            models.GeneratedField(
                db_persist=True,
                editable=False,
                expression=django.db.models.fields.json.KeyTextTransform("to", "letter"),
                output_field=models.TextField(null=True),
            ),
        ),
        migrations.RunSQL(forward(), backward()),
    ]

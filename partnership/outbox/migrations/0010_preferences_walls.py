"""Policies of wishes on mail: one's own, and the worker's to read. Whoever changes theirs has waiting mail planned anew."""

from django.db import migrations

from partnership.lib.policies import APP, ME, WORKER, drop, enable, policies_for_app

TABLES = ("outbox_preference", "outbox_choice")
MINE = f"person_id = {ME}"
RULES = {"SELECT": MINE, "INSERT": MINE, "UPDATE": MINE, "DELETE": MINE}


def forward() -> list[str]:
    lines = []
    for table in TABLES:
        lines += [
            *enable(table),
            *policies_for_app(table, RULES),
            f"REVOKE ALL ON {table} FROM {WORKER}",
            f"GRANT SELECT ON {table} TO {WORKER}",
            f"CREATE POLICY {table}_worker ON {table} FOR SELECT TO {WORKER} USING (true)",
        ]
    return [*lines, f"GRANT UPDATE (mail_as, mail_at) ON outbox_message TO {APP}"]


def backward() -> list[str]:
    lines = [f"REVOKE UPDATE (mail_as, mail_at) ON outbox_message FROM {APP}"]
    for table in TABLES:
        lines += drop(table, *(verb.lower() for verb in RULES), "worker")
    return lines


class Migration(migrations.Migration):
    dependencies = [("outbox", "0009_preferences")]

    operations = [migrations.RunSQL(forward(), backward())]

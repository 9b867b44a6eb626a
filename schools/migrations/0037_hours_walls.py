"""Policies of working hours: one's own, and those of the staff one books for; the worker asks before mail goes."""

from django.db import migrations

from partnership.lib.policies import (
    ME,
    WORKER,
    drop,
    enable,
    one_of,
    policies_for_app,
    within,
)  # fmt: skip

TABLE = "schools_workinghours"
OURS = one_of(
    "post_id",
    f"SELECT id FROM schools_post WHERE user_id = {ME} OR {within('organisation_id', 'staffed')}",
)
RULES = {"SELECT": OURS, "INSERT": OURS, "UPDATE": OURS, "DELETE": OURS}


def forward() -> list[str]:
    return [
        *enable(TABLE),
        *policies_for_app(TABLE, RULES),
        f"REVOKE ALL ON {TABLE} FROM {WORKER}",
        f"GRANT SELECT ON {TABLE} TO {WORKER}",
        f"CREATE POLICY {TABLE}_worker ON {TABLE} FOR SELECT TO {WORKER} USING (true)",
    ]


class Migration(migrations.Migration):
    dependencies = [("schools", "0036_hours")]

    operations = [migrations.RunSQL(forward(), drop(TABLE, *(verb.lower() for verb in RULES), "worker"))]

"""Policies of registers: marked by whoever leads the session or keeps it; read also by the person and their school's office."""

from django.db import migrations

from partnership.lib.policies import (
    APP,
    ME,
    WORKER,
    drop,
    either,
    enable,
    every,
    one_of,
    policies_for_app,
    within,
)  # fmt: skip

TABLE = "cpd_attendance"
KEPT = within("partnership_id", "coordinated")
LED = one_of("session_id", f"SELECT id FROM cpd_session WHERE facilitator_id = {ME}")
OF_SESSION = f"""EXISTS (SELECT 1 FROM cpd_session WHERE cpd_session.id = session_id
    AND cpd_session.partnership_id = {TABLE}.partnership_id AND cpd_session.state = 'offered')"""
MARKS = every(either(KEPT, LED), OF_SESSION, f"by_id = {ME}")

RULES = {
    "SELECT": either(f"person_id = {ME}", within("organisation_id", "staffed"), KEPT, LED),
    "INSERT": MARKS,
    "UPDATE": (either(KEPT, LED), MARKS),
}


def forward() -> list[str]:
    return [
        *enable(TABLE),
        *policies_for_app(TABLE, RULES),
        f"REVOKE DELETE ON {TABLE} FROM {APP}",
        f"REVOKE ALL ON {TABLE} FROM {WORKER}",
        f"GRANT SELECT ON {TABLE} TO {WORKER}",
        f"CREATE POLICY {TABLE}_worker ON {TABLE} FOR SELECT TO {WORKER} USING (true)",
    ]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0004_attendance")]

    operations = [migrations.RunSQL(forward(), drop(TABLE, *(verb.lower() for verb in RULES), "worker"))]

"""A sealed child is hidden by the database too: restrictive policies, which no other policy can widen, on every table that
bears the child. On tables whose row-level security is not enabled yet they begin to hold when it is."""

from django.db import migrations

SEALED = "coalesce((SELECT array_agg(pupil_id) FROM schools_sealedpupil), '{}'::uuid[])"
TABLES = {
    "schools_pupil": "id",
    "schools_classplace": "pupil_id",
    "transitions_transition": "pupil_id",
    "transitions_handover": "pupil_id",
    "transitions_section": "pupil_id",
    "transitions_version": "pupil_id",
    "transitions_receipt": "pupil_id",
    "transitions_handoverstep": "pupil_id",
    "transitions_conversationline": "pupil_id",
}
"""What a former school has still to destroy is not among them: it bears a reference alone, and must be confirmed."""

FORWARD = [
    "ALTER TABLE schools_sealedpupil ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY schools_sealedpupil_select ON schools_sealedpupil FOR SELECT TO partnership_app, partnership_worker"
    " USING (true)",
    "CREATE POLICY schools_sealedpupil_insert ON schools_sealedpupil FOR INSERT TO partnership_app WITH CHECK ("
    "school_id = ANY ((SELECT nullif(current_setting('app.identity', true), '')::uuid[])::uuid[])"
    " AND EXISTS (SELECT 1 FROM schools_pupil child WHERE child.id = pupil_id"
    " AND child.school_id = schools_sealedpupil.school_id))",
    "REVOKE UPDATE, DELETE ON schools_sealedpupil FROM partnership_app",
    "REVOKE INSERT, UPDATE, DELETE ON schools_sealedpupil FROM partnership_worker",
    *(
        f"CREATE POLICY {table}_sealed ON {table} AS RESTRICTIVE FOR SELECT TO partnership_app, partnership_worker"
        f" USING ({column} <> ALL ({SEALED}))"
        for table, column in TABLES.items()
    ),
]
BACKWARD = [f"DROP POLICY {table}_sealed ON {table}" for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("transitions", "0024_rectifying_walls"), ("schools", "0022_sealed")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

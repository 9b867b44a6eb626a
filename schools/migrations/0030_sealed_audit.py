"""The audit of a sealed record is for the data protection officer of its school, and hidden from everybody else (P5)."""

from django.db import migrations

from partnership.lib.policies import APP, one_of, within

EVENT = "audit_event"
THEIRS = one_of(
    "subject_id", f"SELECT unnest(subjects) FROM schools_sealedpupil WHERE {within('school_id', 'sealed')}"
)
SEALED = one_of("subject_id", "SELECT unnest(subjects) FROM schools_sealedpupil")


class Migration(migrations.Migration):
    dependencies = [("schools", "0022_sealed"), ("audit", "0003_walls")]

    operations = [
        migrations.RunSQL(
            [
                f"CREATE POLICY {EVENT}_officer ON {EVENT} FOR SELECT TO {APP} USING ({THEIRS})",
                f"CREATE POLICY {EVENT}_sealed ON {EVENT} AS RESTRICTIVE FOR SELECT TO {APP} "
                f"USING (subject_id IS NULL OR NOT {SEALED} OR {THEIRS})",
            ],
            [f"DROP POLICY {EVENT}_sealed ON {EVENT}", f"DROP POLICY {EVENT}_officer ON {EVENT}"],
        )
    ]

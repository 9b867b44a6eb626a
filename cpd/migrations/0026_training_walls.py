"""Who leads a school sees what of the passports of its staff counts as statutory training, and where they had it in the
partnership, even while they worked at another school. The worker reads the days alone."""

from django.db import migrations

from partnership.lib.policies import APP, WORKER, every, one_of, within

ENTRY, REGISTER = "cpd_passportentry", "cpd_attendance"
TODAY = "starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)"
STAFF = one_of(
    "person_id", f"SELECT user_id FROM schools_post WHERE {TODAY} AND {within('organisation_id', 'staffed')}"
)
COUNTS = one_of(
    "session_id",
    "SELECT held.id FROM cpd_session held JOIN cpd_programme ON cpd_programme.id = held.programme_id"
    " WHERE cpd_programme.counts_for <> ''",
)

ENTERED = every("counts_for <> ''", STAFF)
FORWARD = [
    f"CREATE POLICY {ENTRY}_training ON {ENTRY} FOR SELECT TO {APP} USING ({ENTERED})",
    f"CREATE POLICY {REGISTER}_training ON {REGISTER} FOR SELECT TO {APP} USING ({every(STAFF, COUNTS)})",
    f'GRANT SELECT (person_id, counts_for, "on") ON {ENTRY} TO {WORKER}',
    f"CREATE POLICY {ENTRY}_worker ON {ENTRY} FOR SELECT TO {WORKER} USING (counts_for <> '')",
]
BACKWARD = [
    f"DROP POLICY {ENTRY}_worker ON {ENTRY}",
    f"REVOKE ALL ON {ENTRY} FROM {WORKER}",
    f"DROP POLICY {REGISTER}_training ON {REGISTER}",
    f"DROP POLICY {ENTRY}_training ON {ENTRY}",
]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0025_training")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

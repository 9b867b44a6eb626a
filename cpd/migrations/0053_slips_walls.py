"""Policies of slips: who books staff for the school; whoever has the code sees that one, while one act asks."""

from django.db import migrations

from partnership.lib.policies import APP, ME, WORKER, drop, either, enable, every, policies_for_app, within

TABLE = "cpd_slip"
STAFF = within("organisation_id", "staffed")
ASKED = "code = (SELECT nullif(current_setting('app.code', true), ''))"
OF_BOOKING = f"""EXISTS (SELECT 1 FROM cpd_booking WHERE cpd_booking.id = booking_id
    AND cpd_booking.person_id = {TABLE}.person_id AND cpd_booking.organisation_id = {TABLE}.organisation_id)"""

RULES = {"SELECT": either(STAFF, ASKED), "INSERT": every(STAFF, f"by_id = {ME}", OF_BOOKING)}


def forward() -> list[str]:
    return [
        *enable(TABLE),
        *policies_for_app(TABLE, RULES),
        f"REVOKE UPDATE, DELETE ON {TABLE} FROM {APP}",
        f"REVOKE ALL ON {TABLE} FROM {WORKER}",
    ]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0052_slips")]

    operations = [migrations.RunSQL(forward(), drop(TABLE, *(verb.lower() for verb in RULES)))]

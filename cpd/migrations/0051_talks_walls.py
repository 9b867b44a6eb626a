"""Policies of the ten minutes: the two alone. Whoever offers them is booked for the session, and so is the other."""

from django.db import migrations

from partnership.lib.policies import APP, ME, WORKER, drop, either, enable, every, policies_for_app

TABLE = "cpd_talk"
MINE = either(f"asked_by_id = {ME}", f"asked_id = {ME}")


def booked(column: str) -> str:
    """This person has a live booking for the session."""
    return f"""EXISTS (SELECT 1 FROM cpd_booking WHERE cpd_booking.session_id = {TABLE}.session_id
        AND cpd_booking.person_id = {TABLE}.{column} AND cpd_booking.cancelled_at IS NULL)"""


RULES = {
    "SELECT": MINE,
    "INSERT": every(f"asked_by_id = {ME}", "state = 'asked'", booked("asked_by_id"), booked("asked_id")),
    "UPDATE": MINE,
}


def forward() -> list[str]:
    return [
        *enable(TABLE),
        *policies_for_app(TABLE, RULES),
        f"REVOKE UPDATE, DELETE ON {TABLE} FROM {APP}",
        f"GRANT UPDATE (state, held_at) ON {TABLE} TO {APP}",
        f"REVOKE ALL ON {TABLE} FROM {WORKER}",
    ]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0050_talks")]

    operations = [migrations.RunSQL(forward(), drop(TABLE, *(verb.lower() for verb in RULES)))]

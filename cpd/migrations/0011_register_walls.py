"""Whoever leads a session reads its programme and its bookings, also where they work at none of the partnership's schools."""

from importlib import import_module

from django.db import migrations

from partnership.lib.policies import ME, either, one_of

walls = import_module("cpd.migrations.0002_walls")
LED_ONES = f"FROM cpd_session WHERE facilitator_id = {ME}"
LED = {
    walls.PROGRAMME: one_of("id", f"SELECT programme_id {LED_ONES}"),
    walls.BOOKING: one_of("session_id", f"SELECT id {LED_ONES}"),
}


def reads(table: str, rule: str) -> str:
    return f"ALTER POLICY {table}_select ON {table} USING ({rule})"


class Migration(migrations.Migration):
    dependencies = [("cpd", "0010_register")]

    operations = [
        migrations.RunSQL(
            reads(table, either(walls.RULES[table]["SELECT"], led)),
            reads(table, walls.RULES[table]["SELECT"]),
        )
        for table, led in LED.items()
    ]

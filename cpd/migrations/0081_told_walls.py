"""Coordinators see, while they ask about one session of theirs, which messages about its bookings went to whom: of these
seven kinds alone, whose facts are ids and days. Every other message stays its recipient's own."""

from django.db import migrations

from partnership.lib.policies import APP, every, one_of, within

KINDS = (
    "cpd.booked", "cpd.booked_for_you", "cpd.given_back", "cpd.came_free", "cpd.soon", "cpd.moved", "cpd.called_off",
)  # fmt: skip
KEPT = every(within("id", "told"), within("partnership_id", "coordinated"))
TOLD = every(
    f"kind IN ({', '.join(repr(kind) for kind in KINDS)})",
    one_of("(facts ->> 'subject')", f"SELECT id::text FROM cpd_booking WHERE {KEPT}"),
)


class Migration(migrations.Migration):
    dependencies = [("cpd", "0080_rooms_in_any_case"), ("outbox", "0010_preferences_walls")]

    operations = [
        migrations.RunSQL(
            f"CREATE POLICY outbox_message_told ON outbox_message FOR SELECT TO {APP} USING ({TOLD})",
            "DROP POLICY outbox_message_told ON outbox_message",
        )
    ]

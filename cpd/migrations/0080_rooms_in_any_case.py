"""A room is the same room however it is written: "hall" beside "Hall" is a clash. Where two such sessions already overlap,
the later one's room says so, since both stand in people's calendars and one has to move."""

import django.contrib.postgres.constraints
import django.db.models.functions.text
from django.db import migrations, models

import cpd.models.sessions

TWICE = """
UPDATE cpd_session s SET room = left(s.room, 50) || ' (taken twice, ' || left(s.id::text, 8) || ')'
FROM cpd_session o
WHERE o.id <> s.id AND o.venue_id = s.venue_id AND lower(o.room) = lower(s.room) AND s.room <> ''
  AND o.state <> 'called_off' AND s.state <> 'called_off'
  AND tstzrange(o.starts_at, o.ends_at) && tstzrange(s.starts_at, s.ends_at)
  AND (o.starts_at, o.id) < (s.starts_at, s.id)
"""


class Migration(migrations.Migration):
    dependencies = [("cpd", "0070_separating")]

    operations = [
        migrations.RemoveConstraint(model_name="session", name="session_room_free"),
        migrations.RunSQL(TWICE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="session",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    models.Q(("state", "called_off"), _negated=True),
                    ("venue__isnull", False),
                    models.Q(("room", ""), _negated=True),
                ),
                expressions=[
                    ("venue", "="),
                    (django.db.models.functions.text.Lower("room"), "="),
                    (
                        cpd.models.sessions.Hours(
                            models.F("starts_at"), models.F("ends_at"), models.Value("[)")
                        ),
                        "&&",
                    ),
                ],
                name="session_room_free",
                violation_error_message="Another session has this room at that time.",
            ),
        ),
    ]

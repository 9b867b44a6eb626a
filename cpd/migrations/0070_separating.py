"""The app may let a party come separately: it writes that column of a booking too."""

from django.db import migrations

from partnership.lib.policies import APP


class Migration(migrations.Migration):
    dependencies = [("cpd", "0064_register_ready")]

    operations = [
        migrations.RunSQL(
            f"GRANT UPDATE (together) ON cpd_booking TO {APP}",
            f"REVOKE UPDATE (together) ON cpd_booking FROM {APP}",
        )
    ]

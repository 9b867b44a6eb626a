"""Row-level policies on the audit: everybody's acts are written, and read where one keeps the records."""

from django.db import migrations

from partnership.lib.policies import all_for_worker, drop, either, enable, on, policies_for_app, within

EVENT = "audit_event"
RULES = {"SELECT": either(on("keeps"), within("organisation_id", "coordinated")), "INSERT": "true"}


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            [*enable(EVENT), *policies_for_app(EVENT, RULES), *all_for_worker(EVENT)],
            drop(EVENT, "select", "insert", "worker", rights="SELECT, INSERT"),
        )
    ]

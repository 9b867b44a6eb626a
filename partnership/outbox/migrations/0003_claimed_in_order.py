"""The order in which mails are claimed: by their time, one person's together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_walls")]

    operations = [
        migrations.RemoveIndex("delivery", "delivery_waiting"),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(state="waiting"),
                fields=["due_at", "recipient", "id"],
                name="delivery_waiting",
            ),
        ),
    ]

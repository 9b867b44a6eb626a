"""How long before a session its register can be made ready on a phone."""

from datetime import date
from typing import Any

from django.db import migrations

CODE, FROM = "cpd_register_ready", date(2020, 9, 1)


def seed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("schools", "Duty").objects.get_or_create(
        code=CODE,
        partnership=None,
        effective_from=FROM,
        defaults={
            "title": "Before a session its register can be made ready on a phone",
            "kind": "partnership",
            "source": "The partnership's own wish",
            "amount": 3,
            "unit": "days",
        },
    )


def unseed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("schools", "Duty").objects.filter(code=CODE, partnership=None).delete()


class Migration(migrations.Migration):
    dependencies = [("cpd", "0063_entered_walls")]

    operations = [migrations.RunPython(seed, unseed)]

"""How long before a session its reminder goes out: data, so that a partnership may have it otherwise."""

from datetime import date
from typing import Any

from django.db import migrations

CODE = "cpd_reminder_before"


def seed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("schools", "Duty").objects.get_or_create(
        code=CODE,
        partnership=None,
        effective_from=date(2020, 9, 1),
        defaults={
            "title": "A reminder of a CPD session goes out before it",
            "kind": "partnership",
            "source": "The partnership's own wish",
            "amount": 2,
            "unit": "days",
        },
    )


def unseed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("schools", "Duty").objects.filter(code=CODE, partnership=None).delete()


class Migration(migrations.Migration):
    dependencies = [("cpd", "0002_walls")]

    operations = [migrations.RunPython(seed, unseed)]

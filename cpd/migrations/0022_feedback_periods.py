"""When those who came are asked, and for how long: data, so that a partnership may have it otherwise."""

from datetime import date
from typing import Any

from django.db import migrations

SOURCE = "The partnership's own wish"
DUTIES = (
    (
        "cpd_feedback_before",
        "The questions before a session can be answered from so long before it",
        7,
        "days",
    ),
    ("cpd_feedback_first", "Who has not said how a session was is reminded so long after it", 1, "days"),
    ("cpd_feedback_open", "Answers can be given and changed for so long", 14, "days"),
    ("cpd_impact_after", "What came of a session is asked so long after it", 6, "weeks"),
)


def seed(apps: Any, schema_editor: Any) -> None:
    duty = apps.get_model("schools", "Duty")
    for code, title, amount, unit in DUTIES:
        duty.objects.get_or_create(
            code=code,
            partnership=None,
            effective_from=date(2020, 9, 1),
            defaults={
                "title": title,
                "kind": "partnership",
                "source": SOURCE,
                "amount": amount,
                "unit": unit,
            },
        )


def unseed(apps: Any, schema_editor: Any) -> None:
    codes = [code for code, *_ in DUTIES]
    apps.get_model("schools", "Duty").objects.filter(code__in=codes, partnership=None).delete()


class Migration(migrations.Migration):
    dependencies = [("cpd", "0021_feedback_walls")]

    operations = [migrations.RunPython(seed, unseed)]

"""The trainings that run out in every school, with what stands behind each; and how long before one its person is told."""

from datetime import date
from typing import Any

from django.db import migrations

STAFF = [
    "head", "deputy_head", "senco", "dsl", "deputy_dsl", "transition_lead", "class_teacher", "support_staff", "school_office",
]  # fmt: skip
KCSIE = "Keeping children safe in education (DfE)"
KINDS = (
    (
        "safeguarding-lead", "Designated safeguarding lead", ["dsl", "deputy_dsl"], 24,
        f"{KCSIE}, annex on the role of the designated safeguarding lead: training updated at least every two years",
    ),
    (
        "safeguarding", "Safeguarding and child protection", STAFF, 12,
        f"{KCSIE}, part one: regularly updated training, and updates at least annually",
    ),
    (
        "online-safety", "Online safety", STAFF, 12,
        f"{KCSIE}, part two: online safety is part of safeguarding training and of its updates",
    ),
    (
        "first-aid", "First aid", [], 36,
        "Health and Safety (First-Aid) Regulations 1981 and HSE guidance: certificates last three years",
    ),
)  # fmt: skip
ENDS = "cpd_training_ends"
FROM = date(2020, 9, 1)


def seed(apps: Any, schema_editor: Any) -> None:
    kind = apps.get_model("cpd", "TrainingKind")
    for code, title, roles, months, source in KINDS:
        kind.objects.get_or_create(
            code=code,
            partnership=None,
            effective_from=FROM,
            defaults={"title": title, "roles": roles, "months": months, "source": source},
        )
    apps.get_model("schools", "Duty").objects.get_or_create(
        code=ENDS,
        partnership=None,
        effective_from=FROM,
        defaults={
            "title": "Before a statutory training runs out, its person is told",
            "kind": "partnership",
            "source": "The partnership's own wish",
            "amount": 30,
            "unit": "days",
        },
    )


def unseed(apps: Any, schema_editor: Any) -> None:
    codes = [code for code, *_ in KINDS]
    apps.get_model("cpd", "TrainingKind").objects.filter(code__in=codes, partnership=None).delete()
    apps.get_model("schools", "Duty").objects.filter(code=ENDS, partnership=None).delete()


class Migration(migrations.Migration):
    dependencies = [("cpd", "0026_training_walls")]

    operations = [migrations.RunPython(seed, unseed)]

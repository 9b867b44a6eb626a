"""Policies of what a school says to bookings. Staff of the school know its rule, head and deputies set it.

A release is read by the person, by who books for the school, and by the line manager; the person may ask and nothing else,
and it goes when a colleague comes instead. A line manager who declines gives the booking back, and moves nothing else of it."""

from django.db import migrations

from partnership.lib.policies import (
    APP,
    ME,
    WORKER,
    drop,
    either,
    enable,
    every,
    one_of,
    policies_for_app,
    within,
)  # fmt: skip

RULE, RELEASE, BOOKING = "cpd_schoolrule", "cpd_release", "cpd_booking"

OFFERED, STAFFED = within("organisation_id", "offer"), within("organisation_id", "staffed")
RELEASES = within("organisation_id", "releases")
MANAGED = one_of("post_id", f"SELECT id FROM schools_post WHERE line_manager_id = {ME}")
MINE = one_of("booking_id", f"SELECT id FROM {BOOKING} WHERE person_id = {ME}")
ASKS = every(OFFERED, "approval = 'asked'", "given = ''", "cover = ''")
OF_POST = f"""EXISTS (SELECT 1 FROM schools_post WHERE schools_post.id = post_id
    AND schools_post.user_id = {RELEASE}.person_id AND schools_post.organisation_id = {RELEASE}.organisation_id)"""
ANSWERED_BY_ME = f"(answered_by_id IS NULL OR answered_by_id = {ME})"
SETS = every(RELEASES, f"by_id = {ME}")

RULES = {
    RULE: {"SELECT": either(OFFERED, STAFFED), "INSERT": SETS, "UPDATE": (RELEASES, SETS)},
    RELEASE: {
        "SELECT": either(f"person_id = {ME}", STAFFED, MANAGED),
        "INSERT": every(either(every(MINE, ASKS), STAFFED), OF_POST),
        "UPDATE": (
            either(STAFFED, MANAGED),
            every(either(STAFFED, MANAGED), OF_POST, either(STAFFED, ANSWERED_BY_ME)),
        ),
        "DELETE": either(f"person_id = {ME}", STAFFED),
    },
}

DECLINES = one_of("id", f"SELECT booking_id FROM {RELEASE} WHERE approval = 'asked' AND {MANAGED}")
MANAGER = f"""CREATE POLICY {BOOKING}_manager ON {BOOKING} FOR UPDATE TO {APP}
    USING ({DECLINES}) WITH CHECK ({every(DECLINES, "cancelled_at IS NOT NULL", f"cancelled_by_id = {ME}")})"""


def forward() -> list[str]:
    lines = []
    for table, rules in RULES.items():
        lines += [
            *enable(table),
            *policies_for_app(table, rules),
            f"REVOKE ALL ON {table} FROM {WORKER}",
            f"GRANT SELECT ON {table} TO {WORKER}",
            f"CREATE POLICY {table}_worker ON {table} FOR SELECT TO {WORKER} USING (true)",
        ]
    return [*lines, f"REVOKE DELETE ON {RULE} FROM {APP}", MANAGER]


def backward() -> list[str]:
    lines = [f"DROP POLICY {BOOKING}_manager ON {BOOKING}"]
    for table, rules in RULES.items():
        lines += drop(table, *(verb.lower() for verb in rules), "worker")
    return lines


class Migration(migrations.Migration):
    dependencies = [("cpd", "0030_releases")]

    operations = [migrations.RunSQL(forward(), backward())]

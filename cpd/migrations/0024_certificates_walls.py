"""Policies of certificates and passports. A certificate is its person's; whoever has its code sees that one and its line of
the register, while one act asks: its id stands in a setting, since a policy of the register that asked certificates would be asked by
theirs. What people enter themselves is theirs alone."""

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

CERTIFICATE, ENTRY, REGISTER = "cpd_certificate", "cpd_passportentry", "cpd_attendance"
MINE = f"person_id = {ME}"
ASKED = "code = (SELECT nullif(current_setting('app.code', true), ''))"
WAS_THERE = one_of("attendance_id", f"SELECT id FROM {REGISTER} WHERE {MINE} AND came <> 'absent'")
PROVED = within("id", "proved")

RULES = {
    CERTIFICATE: {"SELECT": either(MINE, ASKED), "INSERT": every(MINE, WAS_THERE)},
    ENTRY: dict.fromkeys(("SELECT", "INSERT", "UPDATE", "DELETE"), MINE),
}


def forward() -> list[str]:
    lines = []
    for table, rules in RULES.items():
        lines += [*enable(table), *policies_for_app(table, rules), f"REVOKE ALL ON {table} FROM {WORKER}"]
    return [
        *lines,
        f"REVOKE UPDATE, DELETE ON {CERTIFICATE} FROM {APP}",
        f"CREATE POLICY {REGISTER}_proved ON {REGISTER} FOR SELECT TO {APP} USING ({PROVED})",
    ]


def backward() -> list[str]:
    return [
        f"DROP POLICY {REGISTER}_proved ON {REGISTER}",
        *(
            line
            for table in reversed(RULES)
            for line in drop(table, *(verb.lower() for verb in RULES[table]))
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0023_certificates_and_passports")]

    operations = [migrations.RunSQL(forward(), backward())]

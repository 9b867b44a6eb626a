"""Policies of sign-in codes: the school that gives them, to people with a post there; whoever has a code sees and uses up
that one, while one act asks; the worker deletes what is over."""

from django.db import migrations

from partnership.lib.policies import (
    APP,
    ME,
    WORKER,
    all_for_worker,
    drop,
    either,
    enable,
    every,
    policies_for_app,
    within,
)

TABLE = "accounts_signincode"
GIVES = within("organisation_id", "codes")
ASKED = "code_hash = (SELECT nullif(current_setting('app.code', true), ''))"
WORKS_THERE = f"""EXISTS (SELECT 1 FROM schools_post WHERE schools_post.user_id = {TABLE}.user_id
    AND schools_post.organisation_id = {TABLE}.organisation_id)"""

RULES = {
    "SELECT": either(GIVES, ASKED),
    "INSERT": every(GIVES, f"given_by_id = {ME}", WORKS_THERE),
    "DELETE": either(GIVES, ASKED),
}


def forward() -> list[str]:
    return [
        *enable(TABLE),
        *policies_for_app(TABLE, RULES),
        *all_for_worker(TABLE),
        f"REVOKE UPDATE ON {TABLE} FROM {APP}",
        f"REVOKE INSERT, UPDATE ON {TABLE} FROM {WORKER}",
    ]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sign_in_codes"), ("schools", "0001_initial")]

    operations = [
        migrations.RunSQL(forward(), drop(TABLE, *(verb.lower() for verb in RULES), "worker")),
    ]

"""Policies of joint days and personal calendars, and of what anybody may read of the offer: the public calendar.

A workshop and its day are of one partnership: a key of two columns, since keys go round policies (walls §2)."""

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

DAY, FEED, SESSION, PROGRAMME = "cpd_day", "cpd_feed", "cpd_session", "cpd_programme"

TODAY = "starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)"
DIRECT = (
    f"SELECT partnership_id FROM schools_membership WHERE {TODAY} AND {within('organisation_id', 'offer')}"
)
ABOVE = f"SELECT partnership_id FROM schools_membership WHERE {TODAY} AND organisation_id IN ({DIRECT})"
OFFERED_TO = one_of("partnership_id", f"{DIRECT} UNION {ABOVE}")
KEPT = within("partnership_id", "coordinated")
PUBLISHED = within("partnership_id", "published")
MINE = f"person_id = {ME}"
HELD = "token_hash = (SELECT nullif(current_setting('app.feed', true), ''))"
CLOSING = "person_id = (SELECT nullif(current_setting('app.closing', true), '')::uuid)"

RULES = {
    DAY: {
        "SELECT": either(every("state = 'offered'", either(OFFERED_TO, PUBLISHED)), KEPT),
        "INSERT": KEPT,
        "UPDATE": KEPT,
    },
    FEED: {
        "SELECT": either(MINE, HELD, CLOSING),
        "INSERT": MINE,
        "UPDATE": MINE,
        "DELETE": either(MINE, CLOSING),
    },
}

OPENED = [
    f"CREATE POLICY {PROGRAMME}_published ON {PROGRAMME} FOR SELECT TO {APP} USING ({PUBLISHED})",
    f"CREATE POLICY {SESSION}_published ON {SESSION} FOR SELECT TO {APP}"
    f" USING (state <> 'draft' AND {PUBLISHED})",
]
SHUT = [f"DROP POLICY {table}_published ON {table}" for table in (PROGRAMME, SESSION)]


def forward() -> list[str]:
    return [
        *(
            line
            for table, rules in RULES.items()
            for line in [*enable(table), *policies_for_app(table, rules)]
        ),
        f"REVOKE DELETE ON {DAY} FROM {APP}",
        f"REVOKE ALL ON {DAY}, {FEED} FROM {WORKER}",
        f"GRANT SELECT ON {DAY} TO {WORKER}",
        f"CREATE POLICY {DAY}_worker ON {DAY} FOR SELECT TO {WORKER} USING (true)",
        *OPENED,
        f"GRANT UPDATE (passed) ON cpd_booking TO {APP}",
        f"ALTER TABLE {SESSION} ADD CONSTRAINT session_day_of_partnership FOREIGN KEY (day_id, partnership_id)"
        f" REFERENCES {DAY} (id, partnership_id) DEFERRABLE INITIALLY DEFERRED",
    ]


def backward() -> list[str]:
    return [
        f"ALTER TABLE {SESSION} DROP CONSTRAINT session_day_of_partnership",
        f"REVOKE UPDATE (passed) ON cpd_booking FROM {APP}",
        *SHUT,
        *drop(FEED, *(verb.lower() for verb in RULES[FEED])),
        *drop(DAY, *(verb.lower() for verb in RULES[DAY]), "worker"),
    ]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0040_calendar")]

    operations = [migrations.RunSQL(forward(), backward())]

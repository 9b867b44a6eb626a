"""Policies of the offer and its bookings. All staff of a partnership see what is offered, and of bookings the ids: from the
numbers everyone works out where they stand. Names are another question (`Booking.visible_to`).

Whoever may book may move a session's last number and nothing else of it: a trigger holds the other columns."""

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

PROGRAMME, SESSION, BOOKING = "cpd_programme", "cpd_session", "cpd_booking"
TABLES = (PROGRAMME, SESSION, BOOKING)

TODAY = "starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)"
DIRECT = (
    f"SELECT partnership_id FROM schools_membership WHERE {TODAY} AND {within('organisation_id', 'offer')}"
)
ABOVE = f"SELECT partnership_id FROM schools_membership WHERE {TODAY} AND organisation_id IN ({DIRECT})"
OFFERED_TO = one_of("partnership_id", f"{DIRECT} UNION {ABOVE}")
KEPT = within("partnership_id", "coordinated")
LED = f"facilitator_id = {ME}"

OF_SESSION = f"""EXISTS (SELECT 1 FROM {SESSION} WHERE {SESSION}.id = session_id
    AND {SESSION}.partnership_id = {BOOKING}.partnership_id AND {SESSION}.state = 'offered')"""
IN_POST = f"""EXISTS (SELECT 1 FROM schools_post WHERE schools_post.user_id = {BOOKING}.person_id
    AND schools_post.organisation_id = {BOOKING}.organisation_id)"""
BOOKS = either(
    every(f"person_id = {ME}", within("organisation_id", "offer")), within("organisation_id", "staffed"), KEPT
)
GIVES = either(within("organisation_id", "offer"), within("organisation_id", "staffed"), KEPT)

RULES = {
    PROGRAMME: {"SELECT": either(OFFERED_TO, KEPT), "INSERT": KEPT, "UPDATE": KEPT},
    SESSION: {
        "SELECT": either(every("state <> 'draft'", OFFERED_TO), KEPT, LED),
        "INSERT": KEPT,
        "UPDATE": either(every("state = 'offered'", OFFERED_TO), KEPT),
    },
    BOOKING: {
        "SELECT": either(OFFERED_TO, KEPT, f"person_id = {ME}"),
        "INSERT": every(BOOKS, OF_SESSION, IN_POST, f"by_id = {ME}"),
        "UPDATE": (BOOKS, every(GIVES, IN_POST)),
    },
}

TRIGGERS = f"""
CREATE FUNCTION cpd_session_keeps_columns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = '{APP}'
       AND NOT OLD.partnership_id = ANY (coalesce(nullif(current_setting('app.coordinated', true), '')::uuid[], '{{}}'))
       AND ((to_jsonb(NEW) - 'last_number') IS DISTINCT FROM (to_jsonb(OLD) - 'last_number')
            OR NEW.last_number < OLD.last_number) THEN
        RAISE EXCEPTION 'A booking moves the last number of a session and nothing else.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER cpd_session_columns BEFORE UPDATE ON {SESSION}
    FOR EACH ROW EXECUTE FUNCTION cpd_session_keeps_columns();
"""
UNTRIGGERED = f"""
DROP TRIGGER cpd_session_columns ON {SESSION};
DROP FUNCTION cpd_session_keeps_columns();
"""


def forward() -> list[str]:
    lines = []
    for table in TABLES:
        lines += [*enable(table), *policies_for_app(table, RULES[table])]
        lines += [
            f"REVOKE DELETE ON {table} FROM {APP}",
            f"REVOKE ALL ON {table} FROM {WORKER}",
            f"GRANT SELECT ON {table} TO {WORKER}",
            f"CREATE POLICY {table}_worker ON {table} FOR SELECT TO {WORKER} USING (true)",
        ]
    lines += [
        f"REVOKE UPDATE ON {BOOKING} FROM {APP}",
        f"GRANT UPDATE (person_id, waited, cancelled_by_id, cancelled_at, late) ON {BOOKING} TO {APP}",
    ]
    return lines


def backward() -> list[str]:
    return [
        line
        for table in reversed(TABLES)
        for line in drop(table, *(verb.lower() for verb in RULES[table]), "worker")
    ]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0001_initial"), ("schools", "0030_sealed_audit")]

    operations = [
        migrations.RunSQL(forward(), backward()),
        migrations.RunSQL(TRIGGERS, UNTRIGGERED),
    ]

"""Policies of the times: the two name one; whoever offers asks when somebody is busy, and with whom they are nobody reads.

When a session moves or is called off, or one of the two gives their place back, the time is free in the same statement:
triggers see to it, since whoever does these things sees no talk. They can take times away and nothing else."""

from importlib import import_module

from django.db import migrations

from partnership.lib.policies import APP, either, every, within

walls = import_module("cpd.migrations.0051_talks_walls")
TABLE = walls.TABLE
TIMES = "starts_at, ends_at, time_by_id, at"
BUSY = either(within("asked_by_id", "busy"), within("asked_id", "busy"))
FREED = within("session_id", "freed")

TRIGGERS = f"""
CREATE FUNCTION cpd_talk_freed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which uuid;
    who uuid;
BEGIN
    IF TG_TABLE_NAME = 'cpd_session' THEN
        which := OLD.id;
    ELSE
        which := OLD.session_id;
        who := OLD.person_id;
    END IF;
    PERFORM set_config('app.freed', '{{' || which || '}}', true);
    UPDATE {TABLE} SET state = 'asked', starts_at = NULL, ends_at = NULL
        WHERE session_id = which AND state IN ('asked', 'agreed') AND (who IS NULL OR who IN (asked_by_id, asked_id));
    PERFORM set_config('app.freed', '', true);
    RETURN NULL;
END;
$$;
CREATE TRIGGER cpd_session_frees_talks AFTER UPDATE OF starts_at, ends_at, state ON cpd_session FOR EACH ROW
    WHEN ((OLD.starts_at, OLD.ends_at, OLD.state) IS DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.state))
    EXECUTE FUNCTION cpd_talk_freed();
CREATE TRIGGER cpd_booking_frees_talks AFTER UPDATE OF person_id, cancelled_at ON cpd_booking FOR EACH ROW
    WHEN ((OLD.person_id, OLD.cancelled_at) IS DISTINCT FROM (NEW.person_id, NEW.cancelled_at))
    EXECUTE FUNCTION cpd_talk_freed();
"""
UNTRIGGERED = """
DROP TRIGGER cpd_booking_frees_talks ON cpd_booking;
DROP TRIGGER cpd_session_frees_talks ON cpd_session;
DROP FUNCTION cpd_talk_freed();
"""
INSERT = every(walls.RULES["INSERT"], "time_by_id = asked_by_id", "starts_at IS NOT NULL")
TIMELESS = every(FREED, "starts_at IS NULL", "state = 'asked'")
FORWARD = [
    f"GRANT UPDATE ({TIMES}) ON {TABLE} TO {APP}",
    f"ALTER POLICY {TABLE}_insert ON {TABLE} WITH CHECK ({INSERT})",
    f"CREATE POLICY {TABLE}_busy ON {TABLE} FOR SELECT TO {APP} USING ({BUSY})",
    f"CREATE POLICY {TABLE}_freed ON {TABLE} FOR SELECT TO {APP} USING ({FREED})",
    f"CREATE POLICY {TABLE}_free ON {TABLE} FOR UPDATE TO {APP} USING ({FREED}) WITH CHECK ({TIMELESS})",
]
BACKWARD = [
    *(f"DROP POLICY {TABLE}_{name} ON {TABLE}" for name in ("free", "freed", "busy")),
    f"ALTER POLICY {TABLE}_insert ON {TABLE} WITH CHECK ({walls.RULES['INSERT']})",
    f"REVOKE UPDATE ({TIMES}) ON {TABLE} FROM {APP}",
]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0060_talk_times")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunSQL(TRIGGERS, UNTRIGGERED)]

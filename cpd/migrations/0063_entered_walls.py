"""A school enters statutory training of its own staff, and corrects or withdraws what it entered for as long as they are in
post there. What people enter themselves no school writes; of a school's entry its person changes one thing: that it is wrong."""

from importlib import import_module

from django.db import migrations

from partnership.lib.policies import APP, ME, WORKER, either, every, within

own = import_module("cpd.migrations.0024_certificates_walls")
ENTRY, TODAY = own.ENTRY, import_module("cpd.migrations.0026_training_walls").TODAY
OWN = every(own.MINE, "school_id IS NULL")
OF_STAFF = every(
    within("school_id", "staffed"),
    f"""EXISTS (SELECT 1 FROM schools_post WHERE schools_post.user_id = {ENTRY}.person_id
    AND schools_post.organisation_id = {ENTRY}.school_id AND {TODAY})""",
)

TRIGGER = f"""
CREATE FUNCTION cpd_entry_keeps_columns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> '{APP}' THEN
        RETURN NEW;
    END IF;
    IF (NEW.person_id, NEW.school_id) IS DISTINCT FROM (OLD.person_id, OLD.school_id) THEN
        RAISE EXCEPTION 'An entry stays its person''s, and whose it was to enter.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.school_id IS NOT NULL
       AND NOT OLD.school_id = ANY (coalesce(nullif(current_setting('app.staffed', true), '')::uuid[], '{{}}'))
       AND (to_jsonb(NEW) - 'wrong_at') IS DISTINCT FROM (to_jsonb(OLD) - 'wrong_at') THEN
        RAISE EXCEPTION 'Of a school''s entry its person says that it is wrong and changes nothing else.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER cpd_entry_columns BEFORE UPDATE ON {ENTRY} FOR EACH ROW EXECUTE FUNCTION cpd_entry_keeps_columns();
"""
UNTRIGGERED = f"""
DROP TRIGGER cpd_entry_columns ON {ENTRY};
DROP FUNCTION cpd_entry_keeps_columns();
"""
ENTERS = either(OWN, every(OF_STAFF, f"by_id = {ME}"))
CHANGES = either(own.MINE, OF_STAFF)
REMOVES = either(OWN, OF_STAFF)
FORWARD = [
    f"ALTER POLICY {ENTRY}_insert ON {ENTRY} WITH CHECK ({ENTERS})",
    f"ALTER POLICY {ENTRY}_update ON {ENTRY} USING ({CHANGES}) WITH CHECK ({CHANGES})",
    f"ALTER POLICY {ENTRY}_delete ON {ENTRY} USING ({REMOVES})",
    f"GRANT SELECT (wrong_at) ON {ENTRY} TO {WORKER}",
]
BACKWARD = [
    f"REVOKE SELECT (wrong_at) ON {ENTRY} FROM {WORKER}",
    f"ALTER POLICY {ENTRY}_delete ON {ENTRY} USING ({own.MINE})",
    f"ALTER POLICY {ENTRY}_update ON {ENTRY} USING ({own.MINE}) WITH CHECK ({own.MINE})",
    f"ALTER POLICY {ENTRY}_insert ON {ENTRY} WITH CHECK ({own.MINE})",
]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0062_entered")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunSQL(TRIGGER, UNTRIGGERED)]

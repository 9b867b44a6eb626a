"""A section can be taken out of what was sent (practice P9); nothing else of a sent text can change.

The app gets the right to write `body` back, and a trigger lets through only the taking out of whole sections. Who may
withdraw may also mark the working section, without the right to write it."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION transitions_version_keeps_its_text() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place integer;
BEGIN
    IF jsonb_array_length(NEW.body) <> jsonb_array_length(OLD.body) THEN
        RAISE EXCEPTION 'What was sent keeps its text.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR place IN 0 .. jsonb_array_length(OLD.body) - 1 LOOP
        IF NEW.body -> place <> OLD.body -> place
           AND NEW.body -> place <> jsonb_build_object('kind', OLD.body -> place -> 'kind', 'withheld', true) THEN
            RAISE EXCEPTION 'What was sent keeps its text.' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    RETURN NEW;
END;
$$;
CREATE TRIGGER transitions_version_text BEFORE UPDATE OF body ON transitions_version
    FOR EACH ROW EXECUTE FUNCTION transitions_version_keeps_its_text();
GRANT UPDATE (withdrawn_at, body) ON transitions_version TO partnership_app;
CREATE POLICY transitions_section_withhold ON transitions_section FOR UPDATE TO partnership_app
    USING (school_id = ANY ((SELECT nullif(current_setting('app.withdraw', true), '')::uuid[])::uuid[]))
    WITH CHECK (school_id = ANY ((SELECT nullif(current_setting('app.withdraw', true), '')::uuid[])::uuid[]));
"""
BACKWARD = """
DROP POLICY transitions_section_withhold ON transitions_section;
REVOKE UPDATE (body) ON transitions_version FROM partnership_app;
DROP TRIGGER transitions_version_text ON transitions_version;
DROP FUNCTION transitions_version_keeps_its_text();
"""


class Migration(migrations.Migration):
    dependencies = [("transitions", "0002_walls")]

    operations = [
        migrations.AddField("section", "withheld", models.BooleanField(default=False)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]

"""Corrections and redactions: of everything that was kept, the database lets these replacements through and nothing else.

The act writes its step first. A trigger notes the transaction on it; in that transaction alone, in the name of whoever wrote
the step, and for that handover, text may become itself with the passage replaced. The passage stands in settings local to
the transaction and is stored nowhere. A redaction may put nothing but its mark there; a correction is for who shares."""

from importlib import import_module

from django.db import migrations

walls = import_module("transitions.migrations.0002_walls")
before = import_module("transitions.migrations.0003_withheld_sections")
within = walls.within
REDACTED = "[redacted]"

FUNCTIONS = f"""
CREATE FUNCTION transitions_step_notes_its_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.act := CASE WHEN NEW.move IN ('correct', 'redact') THEN txid_current() END;
    RETURN NEW;
END;
$$;
CREATE TRIGGER transitions_step_act BEFORE INSERT ON {walls.STEP}
    FOR EACH ROW EXECUTE FUNCTION transitions_step_notes_its_act();

CREATE FUNCTION transitions_rectifying(handover uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM {walls.STEP} step
        WHERE step.id = nullif(current_setting('app.rectification', true), '')::uuid
          AND step.handover_id = handover AND step.act = txid_current()
          AND step.by_id = nullif(current_setting('app.user', true), '')::uuid
          AND ((step.move = 'redact' AND current_setting('app.instead', true) = '{REDACTED}'
                AND {within("step.school_id", "withdraw")})
            OR (step.move = 'correct' AND {within("step.school_id", "share")}))
    )
$$;
CREATE FUNCTION transitions_rectified(was text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT replace(was, current_setting('app.passage', true), current_setting('app.instead', true))
$$;
CREATE FUNCTION transitions_only_rectified(was jsonb, becomes jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        was - 'text' - 'facts' = becomes - 'text' - 'facts'
        AND becomes ->> 'text' IN (was ->> 'text', transitions_rectified(was ->> 'text'))
        AND NOT EXISTS (
            SELECT 1 FROM jsonb_each(was -> 'facts') old FULL JOIN jsonb_each(becomes -> 'facts') new USING (key)
            WHERE new.value IS DISTINCT FROM old.value
              AND new.value IS DISTINCT FROM to_jsonb(transitions_rectified(old.value #>> '{{}}'))
        ), false)
$$;
"""

VERSIONS = f"""
CREATE OR REPLACE FUNCTION transitions_version_keeps_its_text() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place integer;
    was jsonb;
    becomes jsonb;
BEGIN
    IF jsonb_array_length(NEW.body) <> jsonb_array_length(OLD.body) THEN
        RAISE EXCEPTION 'What was sent keeps its text.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR place IN 0 .. jsonb_array_length(OLD.body) - 1 LOOP
        was := OLD.body -> place;
        becomes := NEW.body -> place;
        IF becomes <> was
           AND becomes <> jsonb_build_object('kind', was -> 'kind', 'withheld', true)
           AND NOT (transitions_only_rectified(was, becomes) AND transitions_rectifying(NEW.handover_id)) THEN
            RAISE EXCEPTION 'What was sent keeps its text.' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    IF NEW.reason <> OLD.reason
       AND NOT (NEW.reason = transitions_rectified(OLD.reason) AND transitions_rectifying(NEW.handover_id)) THEN
        RAISE EXCEPTION 'What was sent keeps its text.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END;
$$;
DROP TRIGGER transitions_version_text ON {walls.VERSION};
CREATE TRIGGER transitions_version_text BEFORE UPDATE OF body, reason ON {walls.VERSION}
    FOR EACH ROW EXECUTE FUNCTION transitions_version_keeps_its_text();
GRANT UPDATE (reason) ON {walls.VERSION} TO partnership_app;
"""

NOTES = f"""
CREATE FUNCTION transitions_note_keeps_its_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'partnership_app' AND NEW.note <> OLD.note
       AND NOT (coalesce(NEW.note = transitions_rectified(OLD.note), false)
                AND transitions_rectifying(NEW.handover_id)) THEN
        RAISE EXCEPTION 'What was said keeps its words.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER transitions_step_note BEFORE UPDATE OF note ON {walls.STEP}
    FOR EACH ROW EXECUTE FUNCTION transitions_note_keeps_its_text();
CREATE POLICY {walls.STEP}_rectify ON {walls.STEP} FOR UPDATE TO partnership_app
    USING ({within("school_id", "withdraw")}) WITH CHECK ({within("school_id", "withdraw")});
GRANT UPDATE (note) ON {walls.STEP} TO partnership_app;

CREATE FUNCTION transitions_line_by_leads_or_rectified() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shares uuid[] := coalesce(nullif(current_setting('app.share', true), '')::uuid[], '{{}}');
    receives uuid[] := coalesce(nullif(current_setting('app.receive', true), '')::uuid[], '{{}}');
BEGIN
    IF current_user = 'partnership_app' AND NOT OLD.school_id = ANY (shares)
       AND NOT (OLD.reader_id = ANY (receives) AND OLD.reader_id = OLD.seen_by)
       AND NOT (to_jsonb(NEW) - 'note' = to_jsonb(OLD) - 'note'
                AND coalesce(NEW.note = transitions_rectified(OLD.note), false)
                AND transitions_rectifying(NEW.handover_id)) THEN
        RAISE EXCEPTION 'What was said keeps its words.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER transitions_line_note BEFORE UPDATE ON {walls.LINE}
    FOR EACH ROW EXECUTE FUNCTION transitions_line_by_leads_or_rectified();
CREATE POLICY {walls.LINE}_rectify ON {walls.LINE} FOR UPDATE TO partnership_app
    USING ({within("school_id", "withdraw")}) WITH CHECK ({within("school_id", "withdraw")});
"""

BACKWARD = f"""
DROP POLICY {walls.LINE}_rectify ON {walls.LINE};
DROP TRIGGER transitions_line_note ON {walls.LINE};
DROP FUNCTION transitions_line_by_leads_or_rectified();
REVOKE UPDATE (note) ON {walls.STEP} FROM partnership_app;
DROP POLICY {walls.STEP}_rectify ON {walls.STEP};
DROP TRIGGER transitions_step_note ON {walls.STEP};
DROP FUNCTION transitions_note_keeps_its_text();
REVOKE UPDATE (reason) ON {walls.VERSION} FROM partnership_app;
DROP TRIGGER transitions_version_text ON {walls.VERSION};
{before.FORWARD[: before.FORWARD.index("GRANT")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")}
DROP FUNCTION transitions_only_rectified(jsonb, jsonb);
DROP FUNCTION transitions_rectified(text);
DROP FUNCTION transitions_rectifying(uuid);
DROP TRIGGER transitions_step_act ON {walls.STEP};
DROP FUNCTION transitions_step_notes_its_act();
"""


class Migration(migrations.Migration):
    dependencies = [("transitions", "0023_rectifying")]

    operations = [migrations.RunSQL([FUNCTIONS, VERSIONS, NOTES], BACKWARD)]

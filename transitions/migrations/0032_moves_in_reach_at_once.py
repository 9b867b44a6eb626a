"""The proof that a move's child is in reach of whoever writes it: one question for all rows of a statement, not one for
each, since a file brings 20,000 moves at once."""

from django.db import migrations

MOVE, PUPIL = "transitions_transition", "schools_pupil"
FUNCTION, TRIGGER = "transitions_move_of_a_child_in_reach", "transitions_move_in_reach"
REFUSED = """RAISE EXCEPTION 'A move is of a child in reach, from the school that child is at.'
            USING ERRCODE = 'insufficient_privilege';"""

FORWARD = f"""
DROP TRIGGER {TRIGGER} ON {MOVE};
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'partnership_app' AND EXISTS (
        SELECT 1 FROM added LEFT JOIN {PUPIL} child ON child.id = added.pupil_id AND child.school_id = added.school_id
        WHERE child.id IS NULL
    ) THEN
        {REFUSED}
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER {TRIGGER} AFTER INSERT ON {MOVE}
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}();
"""
BACKWARD = f"""
DROP TRIGGER {TRIGGER} ON {MOVE};
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'partnership_app' AND NOT EXISTS (
        SELECT 1 FROM {PUPIL} WHERE {PUPIL}.id = NEW.pupil_id AND {PUPIL}.school_id = NEW.school_id
    ) THEN
        {REFUSED}
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER {TRIGGER} BEFORE INSERT ON {MOVE} FOR EACH ROW EXECUTE FUNCTION {FUNCTION}();
"""


class Migration(migrations.Migration):
    dependencies = [("transitions", "0031_exports_walls")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""Policies for closed places: both sides see a row, each changes only its own columns, and it begins only beside a move
that its former school could see. The worker reminds by ids and days."""

from datetime import date
from importlib import import_module
from typing import Any

from django.db import migrations

walls = import_module("transitions.migrations.0002_walls")
within = walls.within

TABLE = "transitions_closedplace"
ME = "by_id IS NOT DISTINCT FROM (SELECT nullif(current_setting('app.user', true), '')::uuid)"
BOTH = f"{within('school_id', 'progress')} OR {within('former_id', 'progress')}"
OF_MOVE = f"""EXISTS (SELECT 1 FROM transitions_transition theirs WHERE theirs.id = transition_id
    AND theirs.pupil_id = {TABLE}.pupil_id AND theirs.school_id = {TABLE}.school_id
    AND theirs.seen_by = {TABLE}.former_id AND theirs.reference = {TABLE}.reference)"""

FORWARD = f"""
ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {TABLE}_select ON {TABLE} FOR SELECT TO partnership_app USING ({BOTH});
CREATE POLICY {TABLE}_insert ON {TABLE} FOR INSERT TO partnership_app
    WITH CHECK ({ME} AND {OF_MOVE} AND destroyed_at IS NULL AND told_at IS NULL);
CREATE POLICY {TABLE}_update ON {TABLE} FOR UPDATE TO partnership_app USING ({BOTH}) WITH CHECK ({BOTH});
REVOKE ALL ON {TABLE} FROM partnership_worker;
GRANT SELECT ON {TABLE} TO partnership_worker;
CREATE POLICY {TABLE}_worker ON {TABLE} FOR SELECT TO partnership_worker USING (true);
REVOKE UPDATE, DELETE ON {TABLE} FROM partnership_app;
GRANT UPDATE (destroyed_by_id, destroyed_at, told_by_id, told_at, told_on, told_how) ON {TABLE} TO partnership_app;

CREATE FUNCTION transitions_closedplace_keeps_sides() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    here uuid[] := coalesce(nullif(current_setting('app.progress', true), '')::uuid[], '{{}}');
    me uuid := nullif(current_setting('app.user', true), '')::uuid;
BEGIN
    IF current_user = 'partnership_app' THEN
        IF (NEW.destroyed_by_id, NEW.destroyed_at) IS DISTINCT FROM (OLD.destroyed_by_id, OLD.destroyed_at)
           AND (OLD.destroyed_at IS NOT NULL OR NOT OLD.former_id = ANY (here) OR NEW.destroyed_by_id <> me) THEN
            RAISE EXCEPTION 'The former school alone confirms, once, in the name of whoever does.'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF (NEW.told_by_id, NEW.told_at, NEW.told_on, NEW.told_how)
               IS DISTINCT FROM (OLD.told_by_id, OLD.told_at, OLD.told_on, OLD.told_how)
           AND (OLD.told_at IS NOT NULL OR NOT OLD.school_id = ANY (here) OR NEW.told_by_id <> me) THEN
            RAISE EXCEPTION 'The present school alone records what it told the family.'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER transitions_closedplace_sides BEFORE UPDATE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION transitions_closedplace_keeps_sides();
"""
BACKWARD = f"""
DROP TRIGGER transitions_closedplace_sides ON {TABLE};
DROP FUNCTION transitions_closedplace_keeps_sides();
"""

CODE = "prints_destroyed_within"


def seed(apps: Any, schema_editor: Any) -> None:
    """The period of the confirmation; a row somebody has changed stays as they left it."""
    apps.get_model("schools", "Duty").objects.get_or_create(
        code=CODE,
        partnership=None,
        effective_from=date(2020, 9, 1),
        defaults={
            "title": "A former school confirms that prints and downloads are destroyed",
            "kind": "partnership",
            "owner_role": "senco",
            "source": "The partnership's own wish; the sharing agreement, section 5",
            "amount": 5,
            "unit": "school_days",
        },
    )


def unseed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("schools", "Duty").objects.filter(code=CODE, partnership=None).delete()


class Migration(migrations.Migration):
    dependencies = [("transitions", "0021_closed_places"), ("schools", "0021_agreement_walls")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(seed, unseed)]

"""Holes found by trying: a place given up and given again reopened what had been sent; a stranger who knew an id could
sign, note or add a line about a child between two other schools.

Now a version whose reader loses the child is closed for good (by a trigger, since it is the foreign key that carries the
change there, whoever made it), and a new row must fit the version, handover or conversation it hangs on, as its writer
may see that, and bear its writer's name. Either side changes only its own columns of a handover, and the pair of schools in
a conversation never changes."""

from importlib import import_module

from django.db import migrations

walls = import_module("transitions.migrations.0002_walls")
within, taught, ME = walls.within, walls.taught, walls.ME

READ_VERSION = f"""EXISTS (SELECT 1 FROM {walls.VERSION} sent WHERE sent.id = version_id
    AND sent.pupil_id = {walls.RECEIPT}.pupil_id AND sent.school_id = {walls.RECEIPT}.school_id
    AND sent.reader_id = {walls.RECEIPT}.reader_id)"""
COMING = f"""EXISTS (SELECT 1 FROM {walls.HANDOVER} theirs WHERE theirs.id = handover_id
    AND theirs.seen_by = {walls.STEP}.reader_id)"""
SAME_PAIR = f"""EXISTS (SELECT 1 FROM {walls.CONVERSATION} talk WHERE talk.id = conversation_id
    AND talk.school_id = {walls.LINE}.school_id AND talk.reader_id = {walls.LINE}.reader_id)"""
READERS = f"({within('reader_id', 'read')} OR {taught('reader_id')})"
LEADS = f"({within('school_id', 'share')} OR ({within('reader_id', 'receive')} AND reader_id = seen_by))"

CHECKS = [
    (walls.RECEIPT, "INSERT", f"{ME} AND {READERS} AND {READ_VERSION}"),
    (
        walls.STEP,
        "INSERT",
        f"{ME} AND ({within('school_id', 'progress')} OR {taught('school_id')} OR ({READERS} AND {COMING}))",
    ),
    (
        walls.VERSION,
        "INSERT",
        f"{ME.replace('by_id', 'shared_by_id')} AND ({walls.POLICIES[walls.VERSION]['INSERT']})",
    ),
    (walls.CONVERSATION, "INSERT", f"{ME.replace('by_id', 'recorded_by_id')} AND ({walls.MEETS})"),
    (walls.LINE, "INSERT", f"{LEADS} AND {SAME_PAIR}"),
    (walls.LINE, "UPDATE", LEADS),
]

CLOSES = f"""
CREATE FUNCTION transitions_version_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seen_by <> OLD.seen_by AND NEW.withdrawn_at IS NULL THEN
        NEW.withdrawn_at := now();
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER transitions_version_place BEFORE UPDATE OF seen_by ON {walls.VERSION}
    FOR EACH ROW EXECUTE FUNCTION transitions_version_closes();
UPDATE {walls.VERSION} SET withdrawn_at = now() WHERE seen_by <> reader_id AND withdrawn_at IS NULL;
"""
SIDES = f"""
CREATE FUNCTION transitions_handover_keeps_sides() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sender uuid[] := coalesce(nullif(current_setting('app.progress', true), '')::uuid[], '{{}}')
        || coalesce(nullif(current_setting('app.teach', true), '')::uuid[], '{{}}');
BEGIN
    IF current_user = 'partnership_app' AND NOT OLD.school_id = ANY (sender)
       AND (NEW.kind, NEW.latest, NEW.shared_at, NEW.own_conversation, NEW.talk_to_me)
           IS DISTINCT FROM (OLD.kind, OLD.latest, OLD.shared_at, OLD.own_conversation, OLD.talk_to_me) THEN
        RAISE EXCEPTION 'What the present school says of a handover is not the next school''s to change.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER transitions_handover_sides BEFORE UPDATE ON {walls.HANDOVER}
    FOR EACH ROW EXECUTE FUNCTION transitions_handover_keeps_sides();
REVOKE UPDATE ON {walls.HANDOVER}, {walls.CONVERSATION} FROM partnership_app;
GRANT UPDATE (kind, state, own_conversation, talk_to_me, latest, shared_at, received_at, met_on, accepted_at, settled_at)
    ON {walls.HANDOVER} TO partnership_app;
GRANT UPDATE (way, planned_for, planned_time, held_on, cancelled_at, recorded_by_id, recorded_at)
    ON {walls.CONVERSATION} TO partnership_app;
"""
NO_SIDES = f"""
DROP TRIGGER transitions_handover_sides ON {walls.HANDOVER};
DROP FUNCTION transitions_handover_keeps_sides();
GRANT UPDATE ON {walls.HANDOVER}, {walls.CONVERSATION} TO partnership_app;
"""
OPENS = f"""
DROP TRIGGER transitions_version_place ON {walls.VERSION};
DROP FUNCTION transitions_version_closes();
"""


def alter(table: str, verb: str, rule: str) -> str:
    """The policy with another rule; an UPDATE asks it of the row before and after."""
    using = f"USING ({rule}) " if verb == "UPDATE" else ""
    return f"ALTER POLICY {table}_{verb.lower()} ON {table} {using}WITH CHECK ({rule})"


class Migration(migrations.Migration):
    dependencies = [("transitions", "0003_withheld_sections")]

    operations = [
        migrations.RunSQL(
            [*(alter(*check) for check in CHECKS), CLOSES, SIDES],
            [
                *(alter(table, verb, walls.POLICIES[table][verb]) for table, verb, _ in CHECKS),
                OPENS,
                NO_SIDES,
            ],
        )
    ]

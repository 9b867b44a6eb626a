"""Who has accepted is known to all, since either school of a move must know it of the other; what was published and
accepted never changes. The worker, which reads files, may know it too. No child comes in for a school whose controller has not accepted, whatever the code forgets.

The guard is one statement for however many rows, and asks it of the serving role alone: owners lay out, the app serves."""

from datetime import date
from typing import Any

from django.db import migrations

MINE = "organisation_id = ANY ((SELECT nullif(current_setting('app.controller', true), '')::uuid[])::uuid[])"
ME = "by_id = (SELECT nullif(current_setting('app.user', true), '')::uuid)"

FORWARD = f"""
ALTER TABLE schools_controller ENABLE ROW LEVEL SECURITY;
CREATE POLICY schools_controller_select ON schools_controller FOR SELECT TO partnership_app USING (true);
CREATE POLICY schools_controller_insert ON schools_controller FOR INSERT TO partnership_app WITH CHECK ({MINE} AND {ME});
CREATE POLICY schools_controller_update ON schools_controller FOR UPDATE TO partnership_app
    USING ({MINE}) WITH CHECK ({MINE} AND {ME});
REVOKE DELETE ON schools_controller FROM partnership_app;

ALTER TABLE schools_acceptance ENABLE ROW LEVEL SECURITY;
CREATE POLICY schools_acceptance_select ON schools_acceptance FOR SELECT TO partnership_app USING (true);
CREATE POLICY schools_acceptance_insert ON schools_acceptance FOR INSERT TO partnership_app WITH CHECK ({MINE} AND {ME});
REVOKE UPDATE, DELETE ON schools_acceptance FROM partnership_app;
REVOKE UPDATE, DELETE ON schools_agreement FROM partnership_app;
REVOKE INSERT, UPDATE, DELETE ON schools_controller, schools_acceptance, schools_agreement FROM partnership_worker;
CREATE POLICY schools_controller_worker ON schools_controller FOR SELECT TO partnership_worker USING (true);
CREATE POLICY schools_acceptance_worker ON schools_acceptance FOR SELECT TO partnership_worker USING (true);

CREATE FUNCTION schools_not_covered(ids uuid[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM unnest(ids) AS asked (id) WHERE NOT EXISTS (
            SELECT 1 FROM schools_organisation place JOIN schools_acceptance given
                ON given.organisation_id IN (place.id, place.trust_id)
            WHERE place.id = asked.id AND given.version >= (
                SELECT max(version) FROM schools_agreement WHERE binding_from <= (now() AT TIME ZONE 'Europe/London')::date)
        )
    )
$$;
CREATE FUNCTION schools_pupils_are_covered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'partnership_app'
       AND schools_not_covered(ARRAY(SELECT DISTINCT school_id FROM added)) THEN
        RAISE EXCEPTION 'The controller of this school has not accepted the sharing agreement.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER schools_pupil_covered AFTER INSERT ON schools_pupil
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION schools_pupils_are_covered();
"""
BACKWARD = """
DROP TRIGGER schools_pupil_covered ON schools_pupil;
DROP FUNCTION schools_pupils_are_covered();
DROP FUNCTION schools_not_covered(uuid[]);
"""

DUTIES = [
    ("agreement_grace", "A new version of the sharing agreement is accepted", "partnership", "head",
     "The partnership's own wish: until then the version before it counts", 30, "days"),
]  # fmt: skip


def seed(apps: Any, schema_editor: Any) -> None:
    """The periods this feature asks for; a row somebody has changed stays as they left it."""
    for code, title, kind, owner_role, source, amount, unit in DUTIES:
        apps.get_model("schools", "Duty").objects.get_or_create(
            code=code,
            partnership=None,
            effective_from=date(2020, 9, 1),
            defaults={
                "title": title,
                "kind": kind,
                "owner_role": owner_role,
                "source": source,
                "amount": amount,
                "unit": unit,
            },
        )


def unseed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("schools", "Duty").objects.filter(
        code__in=[row[0] for row in DUTIES], partnership=None, effective_from=date(2020, 9, 1)
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("schools", "0020_agreement")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(seed, unseed)]

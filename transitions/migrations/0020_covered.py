"""No version goes out where the controller of the sending or of the reading school has not accepted the agreement."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION transitions_versions_are_covered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'partnership_app' AND schools_not_covered(ARRAY(
        SELECT school_id FROM added UNION SELECT reader_id FROM added
    )) THEN
        RAISE EXCEPTION 'The controller of one of the two schools has not accepted the sharing agreement.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER transitions_version_covered AFTER INSERT ON transitions_version
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION transitions_versions_are_covered();
"""
BACKWARD = """
DROP TRIGGER transitions_version_covered ON transitions_version;
DROP FUNCTION transitions_versions_are_covered();
"""


class Migration(migrations.Migration):
    dependencies = [("transitions", "0005_walls_of_children"), ("schools", "0021_agreement_walls")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

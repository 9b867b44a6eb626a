"""Policies of the adults named for a child: each school's leads name their own. Of the people in a room, while one act asks
which of them share a child, the rows of those people show besides (`rls.WIDENINGS`), and of shared handovers alone."""

from django.db import migrations

from partnership.lib.policies import (
    APP,
    ME,
    WORKER,
    drop,
    either,
    enable,
    every,
    policies_for_app,
    within,
)  # fmt: skip

TABLE = "transitions_namedadult"


def taught(column: str) -> str:
    """The child is in one of the viewer's classes at the school in this column."""
    place = f"({column}::text || pupil_id::text)"
    pair = f"{place} = ANY ((SELECT nullif(current_setting('app.class_places', true), '')::text[])::text[])"
    return every(within("pupil_id", "class_pupils"), pair)


PAIRED = every(within("user_id", "paired"), "state IN ('shared', 'met', 'accepted')")
OWN_SIDE = either(
    every("organisation_id = school_id", within("school_id", "share")),
    every("organisation_id = seen_by", within("seen_by", "receive")),
)
IN_POST = f"""EXISTS (SELECT 1 FROM schools_post WHERE schools_post.user_id = {TABLE}.user_id
    AND schools_post.organisation_id = {TABLE}.organisation_id)"""

RULES = {
    "SELECT": either(
        within("school_id", "progress"), within("seen_by", "progress"), taught("school_id"), taught("seen_by"), PAIRED,
    ),
    "INSERT": every(OWN_SIDE, IN_POST, f"by_id = {ME}"),
    "DELETE": OWN_SIDE,
}  # fmt: skip
KEY = f"""
    ALTER TABLE {TABLE} ADD CONSTRAINT named_of_handover FOREIGN KEY (handover_id, pupil_id, school_id, seen_by, state)
    REFERENCES transitions_handover (id, pupil_id, school_id, seen_by, state) ON UPDATE CASCADE ON DELETE CASCADE
"""


def forward() -> list[str]:
    return [
        KEY,
        *enable(TABLE),
        *policies_for_app(TABLE, RULES),
        f"REVOKE UPDATE ON {TABLE} FROM {APP}",
        f"REVOKE ALL ON {TABLE} FROM {WORKER}",
    ]


def backward() -> list[str]:
    return [
        *drop(TABLE, *(verb.lower() for verb in RULES)),
        f"ALTER TABLE {TABLE} DROP CONSTRAINT named_of_handover",
    ]


class Migration(migrations.Migration):
    dependencies = [("transitions", "0033_named")]

    operations = [migrations.RunSQL(forward(), backward())]

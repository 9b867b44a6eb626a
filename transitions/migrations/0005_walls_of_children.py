"""The fourth net on the children themselves: who is seen by name, where they go, and in which class they are.

A child opens to the present school, to the teachers of its class, and to whoever may see one of its moves. While a file is
read or applied it opens besides to the rows that the file names, by UPN or by school and birth date (rls.WIDENINGS): so a
next school finds the child it was offered, and nobody pages through another school's. A move proves by a trigger that its
child is in reach of whoever writes it: a policy of a move that asked for the child would ask itself."""

from importlib import import_module

from django.db import migrations

from partnership.lib.policies import (
    APP,
    ME,
    WORKER,
    all_for_worker,
    among,
    drop,
    either,
    enable,
    every,
    one_of,
    policies_for_app,
    within,
)  # fmt: skip

taught = import_module("transitions.migrations.0002_walls").taught

PUPIL, MOVE = "schools_pupil", "transitions_transition"
CHANGE, PLACE = "transitions_destinationchange", "schools_classplace"
ADULT, TALK = "transitions_conversationadult", "transitions_conversation"


def taught_here(school: str, pupil: str) -> str:
    """As `taught`, for a table whose child stands in another column."""
    return taught(school).replace("pupil_id::text", f"{pupil}::text").replace("pupil_id =", f"{pupil} =")


SEES_MOVE = either(
    within("school_id", "named"), within("seen_by", "named"), taught("school_id"), taught("seen_by")
)
"""Whose move is seen with the child's name: at either school, the next one from the offer on."""
TALLIED = either(within("school_id", "tallied"), within("seen_by", "tallied"))
"""Whether a handover is owed, while a coordinator's list is summed up by pair of schools."""
BY_MOVE = f"""EXISTS (SELECT 1 FROM {MOVE} WHERE {MOVE}.pupil_id = {PUPIL}.id
    AND {either(SEES_MOVE, TALLIED)})"""
IN_FILE = either(among("upn", "file_upns"), among("(school_id::text || born_on::text)", "file_births"))
ARRIVES = f"""EXISTS (SELECT 1 FROM {MOVE} WHERE {MOVE}.pupil_id = {PUPIL}.id
    AND {within("seen_by", "files")})"""
KEEPS = either(within("school_id", "files"), within("school_id", "manage"))
"""Who writes down a child of this school: its office, SENCO, head, deputy, transition lead."""

MY_CLASSES = f"""SELECT held.classgroup_id FROM schools_post_classes held JOIN schools_post post ON post.id = held.post_id
    WHERE post.user_id = {ME}"""
TALK_SEEN = f"EXISTS (SELECT 1 FROM {TALK} WHERE {TALK}.id = {ADULT}.conversation_id)"
SAME_MOVE = f"""EXISTS (SELECT 1 FROM {MOVE} WHERE {MOVE}.id = {CHANGE}.transition_id"""


def classes(*settings: str) -> str:
    """The classes of schools in these settings."""
    return "SELECT id FROM schools_classgroup WHERE " + either(
        *(within("school_id", each) for each in settings)
    )


RULES = {
    PUPIL: {
        "SELECT": either(
            within("school_id", "named"), taught_here("school_id", "id"), IN_FILE, BY_MOVE
        ),
        "INSERT": either(KEEPS, within("school_id", "file_schools")),
        "UPDATE": (either(KEEPS, ARRIVES), KEEPS),
    },
    MOVE: {
        "SELECT": either(
            SEES_MOVE,
            within("school_id", "coordinated"),
            within("seen_by", "coordinated"),
            within("school_id", "file_schools"),
        ),
        "INSERT": every(
            either(KEEPS, within("school_id", "file_schools")),
            either(
                within("school_id", "places"), within("school_id", "manage"), within("to_school_id", "files"),
            ),
        ),
        "UPDATE": (
            either(within("school_id", "places"), within("school_id", "file_schools")),
            either(
                within("school_id", "places"),
                every(within("school_id", "file_schools"), within("to_school_id", "files")),
            ),
        ),
    },
    CHANGE: {
        "SELECT": f"{SAME_MOVE} AND {either(within('school_id', 'named'), taught('school_id'))})",
        "INSERT": f"by_id IS NOT DISTINCT FROM {ME} AND {SAME_MOVE})",
    },
    PLACE: {
        "SELECT": either(
            one_of("class_group_id", MY_CLASSES), one_of("class_group_id", classes("named", "file_schools"))
        ),
        "INSERT": every(
            one_of("class_group_id", classes("files", "manage", "allot")),
            f"EXISTS (SELECT 1 FROM {PUPIL} WHERE {PUPIL}.id = {PLACE}.pupil_id)",
        ),
        "DELETE": one_of("class_group_id", classes("files", "manage", "allot")),
    },
    ADULT: {"SELECT": TALK_SEEN, "INSERT": TALK_SEEN, "UPDATE": TALK_SEEN, "DELETE": TALK_SEEN},
}  # fmt: skip

IN_REACH = f"""
CREATE FUNCTION transitions_move_of_a_child_in_reach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = '{APP}' AND NOT EXISTS (
        SELECT 1 FROM {PUPIL} WHERE {PUPIL}.id = NEW.pupil_id AND {PUPIL}.school_id = NEW.school_id
    ) THEN
        RAISE EXCEPTION 'A move is of a child in reach, from the school that child is at.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER transitions_move_in_reach BEFORE INSERT ON {MOVE}
    FOR EACH ROW EXECUTE FUNCTION transitions_move_of_a_child_in_reach();
"""

WORKED = (PUPIL, MOVE, ADULT)
RIGHTS = [
    f"REVOKE DELETE ON {PUPIL}, {MOVE} FROM {APP}",
    f"REVOKE UPDATE, DELETE ON {CHANGE} FROM {APP}",
    f"REVOKE UPDATE ON {PLACE}, {MOVE} FROM {APP}",
    f"""GRANT UPDATE (to_school_id, seen_by, elsewhere, elsewhere_name, destination_state, destination_source,
        destination_on, moves_on) ON {MOVE} TO {APP}""",
    f"REVOKE ALL ON {PUPIL}, {MOVE}, {CHANGE}, {PLACE}, {ADULT} FROM {WORKER}",
    f"GRANT SELECT (id, school_id, sen_provision) ON {PUPIL} TO {WORKER}",
    f"GRANT SELECT ON {MOVE}, {ADULT} TO {WORKER}",
]
"""What reminders are worked out from: whether a handover is owed, and how far it is; never a name."""


def forward() -> list[str]:
    lines = []
    for table, rules in RULES.items():
        lines += [*enable(table), *policies_for_app(table, rules)]
    for table in WORKED:
        lines += all_for_worker(table)
    return [*lines, IN_REACH, *RIGHTS]


def backward() -> list[str]:
    lines = [
        f"DROP TRIGGER transitions_move_in_reach ON {MOVE}",
        "DROP FUNCTION transitions_move_of_a_child_in_reach()",
    ]
    for table, rules in RULES.items():
        named = [verb.lower() for verb in rules] + (["worker"] if table in WORKED else [])
        lines += drop(table, *named)
    return lines


class Migration(migrations.Migration):
    dependencies = [("transitions", "0004_true_rows"), ("schools", "0002_calendar_and_duties")]

    operations = [migrations.RunSQL(forward(), backward())]

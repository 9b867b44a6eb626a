"""The fourth net: row-level policies on every table of a handover, and the keys that keep a row's owner true.

Shape and reasons stand in docs/adr/0003: each policy compares a column with an array set once per request (an InitPlan,
so that the comparison costs the same for one school and for 350); composite keys prove that a handover's child and school
are those of its move, and ON UPDATE CASCADE carries a changed destination to every version in the same statement."""

from django.db import migrations

HANDOVER = "transitions_handover"
SECTION = "transitions_section"
VERSION = "transitions_version"
RECEIPT = "transitions_receipt"
STEP = "transitions_handoverstep"
CONVERSATION = "transitions_conversation"
LINE = "transitions_conversationline"

KEYS = [
    (
        HANDOVER,
        "handover_of_transition",
        "transition_id, pupil_id, school_id, seen_by",
        "transitions_transition",
        "id, pupil_id, school_id, seen_by",
    ),
    (SECTION, "section_of_handover", "handover_id, pupil_id, school_id", HANDOVER, "id, pupil_id, school_id"),
    (
        VERSION,
        "version_of_handover",
        "handover_id, pupil_id, school_id, seen_by",
        HANDOVER,
        "id, pupil_id, school_id, seen_by",
    ),
    (
        LINE,
        "line_of_handover",
        "handover_id, pupil_id, school_id, seen_by",
        HANDOVER,
        "id, pupil_id, school_id, seen_by",
    ),
    (STEP, "step_of_handover", "handover_id, pupil_id, school_id", HANDOVER, "id, pupil_id, school_id"),
]


def within(column: str, setting: str) -> str:
    """`column` is one of the ids in the request's setting; an unset one reads as no rows (walls §2)."""
    return f"{column} = ANY ((SELECT nullif(current_setting('app.{setting}', true), '')::uuid[])::uuid[])"


def taught(column: str, also: str = "") -> str:
    """The child is in one of the viewer's classes at the school in this column. The pair decides: who teaches at two
    schools sees a child at each by its own class. The first comparison can use an index, the second settles it."""
    place = f"({column}::text || pupil_id::text)"
    pair = f"{place} = ANY ((SELECT nullif(current_setting('app.class_places', true), '')::text[])::text[])"
    return "(" + " AND ".join(filter(None, [within("pupil_id", "class_pupils"), pair, also])) + ")"


ME = "by_id = (SELECT nullif(current_setting('app.user', true), '')::uuid)"
OPEN = "reader_id = seen_by AND withdrawn_at IS NULL"

PROGRESS = " OR ".join(
    [
        within("school_id", "progress"),
        within("seen_by", "progress"),
        within("school_id", "coordinated"),
        within("seen_by", "coordinated"),
        taught("school_id"),
        taught("seen_by"),
    ]
)
READER_PROGRESS = PROGRESS.replace("seen_by", "reader_id")
STORY = " OR ".join(
    [
        within("school_id", "progress"),
        within("reader_id", "progress"),
        taught("school_id"),
        taught("reader_id"),
    ]
)
"""The steps with what people said about them: for the two schools, not for those who hold the partnership together."""
WRITES = f"{within('school_id', 'write')} OR {taught('school_id')}"
MEETS = f"{within('school_id', 'share')} OR {within('reader_id', 'receive')}"

POLICIES = {
    HANDOVER: {
        "SELECT": PROGRESS,
        "INSERT": WRITES,
        "UPDATE": f"{within('school_id', 'progress')} OR {within('seen_by', 'read')} OR {taught('school_id')} OR {taught('seen_by')}",
    },
    SECTION: {
        "SELECT": f"{within('school_id', 'read')} OR {taught('school_id')}",
        "INSERT": WRITES,
        "UPDATE": WRITES,
    },
    VERSION: {
        "SELECT": f"{within('school_id', 'read')} OR ({within('reader_id', 'read')} AND {OPEN}) OR "
        + f"{taught('school_id')} OR {taught('reader_id', OPEN)}",
        "INSERT": f"{within('school_id', 'share')} AND reader_id = seen_by",
        "UPDATE": within("school_id", "withdraw"),
    },
    RECEIPT: {
        "SELECT": READER_PROGRESS,
        "INSERT": f"{ME} AND ({within('reader_id', 'read')} OR {taught('reader_id')})",
    },
    STEP: {
        "SELECT": STORY,
        "INSERT": f"{ME} AND ({within('school_id', 'progress')} OR {within('reader_id', 'read')} OR "
        + f"{taught('school_id')} OR {taught('reader_id')})",
    },
    CONVERSATION: {
        "SELECT": f"{within('school_id', 'read')} OR {within('reader_id', 'read')} OR {within('school_id', 'teach')} OR {within('reader_id', 'teach')}",
        "INSERT": MEETS,
        "UPDATE": MEETS,
    },
    LINE: {
        "SELECT": f"{within('school_id', 'read')} OR ({within('reader_id', 'read')} AND reader_id = seen_by) OR "
        + f"{taught('school_id')} OR {taught('reader_id', 'reader_id = seen_by')}",
        "INSERT": MEETS,
        "UPDATE": MEETS,
    },
}

WORKER_READS = {
    HANDOVER: "",
    RECEIPT: "",
    CONVERSATION: "",
    LINE: "id, conversation_id, handover_id, pupil_id, school_id, seen_by, reader_id",
    VERSION: "id, handover_id, pupil_id, school_id, seen_by, reader_id, number, shared_by_id, shared_at, withdrawn_at",
}
"""What reminders are worked out from: progress, never content. '' is the whole table."""


def forward() -> list[str]:
    lines = []
    for table, name, columns, target, keys in KEYS:
        lines.append(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {target} ({keys}) ON UPDATE CASCADE"
        )
    for table, policies in POLICIES.items():
        lines.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for verb, rule in policies.items():
            clause = {
                "SELECT": f"USING ({rule})",
                "INSERT": f"WITH CHECK ({rule})",
                "UPDATE": f"USING ({rule}) WITH CHECK ({rule})",
            }[verb]
            lines.append(
                f"CREATE POLICY {table}_{verb.lower()} ON {table} FOR {verb} TO partnership_app {clause}"
            )
        lines.append(f"REVOKE ALL ON {table} FROM partnership_worker")
        lines.append(f"REVOKE DELETE ON {table} FROM partnership_app")
    for table, columns in WORKER_READS.items():
        lines.append(f"GRANT SELECT {f'({columns})' if columns else ''} ON {table} TO partnership_worker")
        lines.append(f"CREATE POLICY {table}_worker ON {table} FOR SELECT TO partnership_worker USING (true)")
    lines.append(f"REVOKE UPDATE ON {VERSION}, {RECEIPT}, {STEP} FROM partnership_app")
    lines.append(f"GRANT UPDATE (withdrawn_at) ON {VERSION} TO partnership_app")
    return lines


def backward() -> list[str]:
    lines = []
    for table in WORKER_READS:
        lines.append(f"DROP POLICY {table}_worker ON {table}")
    for table, policies in POLICIES.items():
        lines += [f"DROP POLICY {table}_{verb.lower()} ON {table}" for verb in policies]
        lines.append(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        lines.append(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO partnership_app, partnership_worker"
        )
    for table, name, *_ in KEYS:
        lines.append(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return lines


class Migration(migrations.Migration):
    dependencies = [("transitions", "0001_initial")]

    operations = [migrations.RunSQL(forward(), backward())]

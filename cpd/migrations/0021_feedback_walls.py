"""Policies of feedback. Who has answered is known to themselves and to the worker that reminds. What was answered has no
person: its author reaches it by its id, and whoever leads or keeps the session reads the answers of one step together,
while one act sums them up.

Who was in the room reaches that session and its programme too after they have left the partnership: the ids stand in a
setting, since a policy of sessions that asked the register would be asked by the register's own."""

from django.db import migrations

from partnership.lib.policies import (
    APP,
    ME,
    WORKER,
    drop,
    either,
    enable,
    every,
    one_of,
    policies_for_app,
    within,
)  # fmt: skip

GIVEN, ANSWER = "cpd_feedbackgiven", "cpd_feedback"
KEPT = within("partnership_id", "coordinated")
LED = one_of("session_id", f"SELECT id FROM cpd_session WHERE facilitator_id = {ME}")
MINE = "id = (SELECT nullif(current_setting('app.answer', true), '')::uuid)"
WAS_THERE = one_of(
    "session_id", f"SELECT session_id FROM cpd_attendance WHERE person_id = {ME} AND came <> 'absent'"
)
COMES = one_of(
    "session_id", f"SELECT session_id FROM cpd_booking WHERE person_id = {ME} AND cancelled_at IS NULL"
)
ASKED = either(every("step <> 'before'", WAS_THERE), every("step = 'before'", COMES))


def of_session(table: str) -> str:
    return f"""EXISTS (SELECT 1 FROM cpd_session WHERE cpd_session.id = session_id
        AND cpd_session.partnership_id = {table}.partnership_id AND cpd_session.state = 'offered')"""


RULES = {
    GIVEN: {"SELECT": f"person_id = {ME}", "INSERT": every(f"person_id = {ME}", ASKED)},
    ANSWER: {
        "SELECT": either(MINE, every(within("session_id", "summed"), either(KEPT, LED))),
        "INSERT": every(MINE, ASKED, of_session(ANSWER)),
        "UPDATE": (MINE, every(MINE, ASKED, of_session(ANSWER))),
    },
}
ATTENDED = {
    "cpd_session": within("id", "attended"),
    "cpd_programme": one_of("id", f"SELECT programme_id FROM cpd_session WHERE {within('id', 'attended')}"),
}


def forward() -> list[str]:
    lines = []
    for table, rules in RULES.items():
        lines += [
            *enable(table),
            *policies_for_app(table, rules),
            f"REVOKE ALL ON {table} FROM {WORKER}",
            f"REVOKE DELETE ON {table} FROM {APP}",
        ]
    return [
        *lines,
        f"REVOKE UPDATE ON {GIVEN} FROM {APP}",
        f"REVOKE UPDATE ON {ANSWER} FROM {APP}",
        f"GRANT UPDATE (score, practice, wish) ON {ANSWER} TO {APP}",
        f"GRANT SELECT ON {GIVEN} TO {WORKER}",
        f"CREATE POLICY {GIVEN}_worker ON {GIVEN} FOR SELECT TO {WORKER} USING (true)",
        *(
            f"CREATE POLICY {table}_attended ON {table} FOR SELECT TO {APP} USING ({rule})"
            for table, rule in ATTENDED.items()
        ),
    ]


def backward() -> list[str]:
    return [
        *(f"DROP POLICY {table}_attended ON {table}" for table in ATTENDED),
        *drop(ANSWER, *(verb.lower() for verb in RULES[ANSWER])),
        *drop(GIVEN, *(verb.lower() for verb in RULES[GIVEN]), "worker"),
    ]


class Migration(migrations.Migration):
    dependencies = [("cpd", "0020_feedback")]

    operations = [migrations.RunSQL(forward(), backward())]

"""The fourth net, table by table: for whom row-level policies open it, or why it needs none (walls §2).

Every table of the installation stands here once, packages' own too: a new one is noticed before it is served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from partnership.access.rls import APP

WALLED: Mapping[str, str] = {
    "schools.Pupil": "The present school, the child's class teachers, and whoever sees one of its moves by name; "
    "while a file is read, the children it names",
    "schools.ClassPlace": "The school of the class and its teachers",
    "transitions.Transition": "Both schools, the next one from the offer on; the coordinators of either",
    "transitions.DestinationChange": "The present school and the child's class teacher",
    "transitions.Handover": "Both schools' staff who see progress, and the coordinators of either",
    "transitions.Section": "The present school's readers and the child's class teacher; never the next school",
    "transitions.Version": "The present school's readers; the next one's once shared, until withdrawn or redirected",
    "transitions.Receipt": "As the handover's progress",
    "transitions.HandoverStep": "Both schools' staff who see progress",
    "transitions.ClosedPlace": "Both schools' staff who see progress; to the former one without a name",
    "transitions.Conversation": "Readers and teachers at either school",
    "transitions.ConversationAdult": "As the conversation",
    "transitions.ConversationLine": "Both schools' readers, the next one while the child is still coming to it",
    "transitions.NamedAdult": "Both schools' staff who see progress; of people in a room, while it is asked who shares one",
    "transitions.Export": "Whoever asked for it, and nobody else; the worker sees how it stands, never what was asked",
    "transitions.ExportFile": "Whoever asked for it, while they still see every child in it; the worker only deletes it",
    "schools.SealedPupil": "Ids alone, so that every reader leaves them out; written by the head who seals",
    "schools.Controller": "Read by all, since each school must know it of the other; written by those who act for it",
    "schools.Acceptance": "Read by all; written by those who act for the controller, and never changed",
    "schools.WorkingHours": "The person, and who books staff for their school",
    "schools.Import": "Those who import for the organisation; on the desk, its coordinators",
    "schools.ImportRow": "Those who import for the organisation; coordinators only where a file holds no pupils",
    "schools.ImportFile": "As its rows, without its bytes: only the worker reads those",
    "cpd.Programme": "Staff of the organisations its partnership holds together; read by who leads one of its "
    "sessions, changed by its coordinators",
    "cpd.Session": "As its programme, from the offer on; whoever leads it. Of its columns staff move the last number alone",
    "cpd.Booking": "As its session, by ids, and by whoever leads it; made and cancelled by the person, who books for their "
    "school, or a coordinator",
    "cpd.Day": "As its programme, from the offer on; changed by its coordinators",
    "cpd.Feed": "Whoever it is for, and whoever holds its secret",
    "cpd.Attendance": "The person, who books for their school; marked by whoever leads the session or its coordinators",
    "cpd.Talk": "The two who talk; both must be booked for the session. When they are busy, never with whom, whoever offers "
    "one of them a time",
    "cpd.Slip": "Who books staff for the school; whoever has its code, for as long as they ask",
    "cpd.SchoolRule": "Staff of the school; set by its head and deputies",
    "cpd.Release": "The person, who books staff for their school, the line manager; answered by the latter and the head",
    "cpd.FeedbackGiven": "The person alone; the worker, which reminds whoever has not answered",
    "cpd.Feedback": "Its author, by an id that only they can work out; after its close whoever leads the session or "
    "coordinates it, in sums, without a name",
    "cpd.Certificate": "The person; whoever has its code, for as long as they ask",
    "cpd.PassportEntry": "The person, wherever they work; made and changed by them or, where their school entered it, by "
    "who books its staff while they are in post there; what counts as statutory training those who lead the school of "
    "their post; the worker that alone, by days",
    "accounts.SignInCode": "Those who let in the people of the organisation; whoever has the code, for as long as they "
    "ask; the worker, which deletes it",
    "outbox.Message": "The person it is for; coordinators of theirs, where its mail could not be sent, and where it is "
    "about a booking for a session they keep, while they look at that session’s",
    "outbox.Preference": "The person, and the worker, which keeps to it",
    "outbox.Choice": "The person, and the worker, which keeps to it",
    "outbox.Delivery": "Coordinators of the person or address, without a letter's text: only the worker reads that",
    "outbox.Job": "Whoever began it, those who import for its school, coordinators of that person",
    "audit.Event": "Coordinators of the organisation it names, and superusers; of a sealed record its school's data "
    "protection officer alone; nobody changes it",
}
"""Tables with row-level policies, and for whom they open."""

PUBLIC = "which organisations there are, and when their terms are, is no secret"
DOOR = "asked before anybody is signed in; no page lists it but to its own person"
RIGHTS = "Django's own rights, which nothing here uses"
OPEN: Mapping[str, str] = {
    "schools.Organisation": PUBLIC,
    "schools.SchoolLink": PUBLIC,
    "schools.Membership": PUBLIC,
    "schools.ClassGroup": "the name of a class tells of no child: who is in it is walled",
    "schools.AcademicYear": PUBLIC,
    "schools.HalfTerm": PUBLIC,
    "schools.Closure": PUBLIC,
    "schools.BankHoliday": PUBLIC,
    "schools.Duty": "law, guidance and a partnership's wishes, which hold for everyone",
    "cpd.TrainingKind": "which training who needs by law and guidance, which holds for everyone",
    "schools.Post": "from it the door works out who somebody is, and one school whom to tell at the other",
    "schools.Post_classes": "as the post",
    "schools.Invitation": "taken up by somebody who is not signed in yet; its token is stored hashed",
    "accounts.User": f"name, address and hashed password, {DOOR}; staff lists narrow by post",
    "accounts.User_groups": RIGHTS,
    "accounts.User_user_permissions": RIGHTS,
    "account.EmailAddress": DOOR,
    "account.EmailConfirmation": DOOR,
    "mfa.Authenticator": f"secrets are encrypted; {DOOR}",
    "schools.Agreement": "the published text, which everyone may read; nobody changes it",
    "schools.SignInMethod": "which accounts a school signs in with, asked by the door; its secret is encrypted",
    "socialaccount.SocialApp": "no row: sign-in of other providers is a setting",
    "socialaccount.SocialAccount": DOOR,
    "socialaccount.SocialToken": "no row: tokens are not kept",
    "access.Press": "a hash of what was sent, and the address it led to; no page lists it",
    "sessions.Session": "found by its secret key alone",
    "usersessions.UserSession": DOOR,
    "admin.LogEntry": "not written: the audit takes its place",
    "auth.Permission": RIGHTS,
    "auth.Group_permissions": RIGHTS,
    "auth.Group": RIGHTS,
    "contenttypes.ContentType": "the names of tables",
}
"""Tables without policies, and what holds instead."""

VERBS = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d"}
"""As the rights of a role and as pg_policy name them."""


@register(Tags.security)
def each_table_is_walled_or_says_why(
    app_configs: Sequence[Any] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A new table is noticed before it is served."""
    there = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    faults: list[CheckMessage] = [
        Error(
            f"{label} has neither row-level policies nor a stated reason.",
            hint="Give it policies and name it in WALLED, or say in OPEN why it has none (partnership/home/walls.py).",
            id="walls.E001",
        )
        for label in sorted(there - {*WALLED, *OPEN})
    ]
    faults += [
        Error(f"{label} is named among the walls and is no model.", id="walls.E002")
        for label in sorted({*WALLED, *OPEN} - there)
    ]
    return faults


@register(Tags.database)
def the_database_has_the_policies(
    databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Each walled table applies its policies and has one for whatever the app has a right to do. Runs after `migrate`,
    and with `check --database default`."""
    faults: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            for label in WALLED:
                faults += faults_of_table(cursor, apps.get_model(label)._meta.db_table)
    return faults


def faults_of_table(cursor: Any, table: str) -> list[CheckMessage]:
    cursor.execute(
        """
        SELECT c.relrowsecurity, c.relforcerowsecurity,
               (SELECT array_agg(p.polcmd::text) FROM pg_policy p
                WHERE p.polrelid = c.oid AND p.polpermissive AND %(app)s::regrole = ANY (p.polroles)),
               (SELECT array_agg(verb ORDER BY verb) FROM unnest(%(verbs)s::text[]) verb
                WHERE CASE WHEN verb = 'DELETE' THEN has_table_privilege(%(app)s, c.oid, verb)
                      ELSE has_any_column_privilege(%(app)s, c.oid, verb) END)
        FROM pg_class c WHERE c.oid = to_regclass(%(table)s)
        """,
        {"table": table, "app": APP, "verbs": list(VERBS)},
    )
    row = cursor.fetchone()
    if row is None:  # not migrated yet
        return []
    enabled, forced, ruled, rights = row
    found = []
    if not enabled or forced:
        found.append(f"Row-level security of {table} must be enabled, and not forced (walls §2).")
    ruled = set(ruled or [])
    missing = [verb for verb in rights or [] if not ruled & {VERBS[verb], "*"}]
    if missing:
        found.append(f"The app may {', '.join(missing)} on {table}, for which it has no policy.")
    return [Error(sentence, id="walls.E003") for sentence in found]

"""What pages ask of the database: how many statements, and whether any reads a whole table of children."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import people, server
from bench.report import Report
from partnership.access import rls
from partnership.access.viewer import build_viewer
from partnership.accounts.models import User
from partnership.ui.pagination import paginate
from transitions.views import boards

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
NEVER_WHOLE = ("schools_pupil", "transitions_handover")


def measure(report: Report) -> None:
    server.use(server.DATABASES["1"])
    secondary, primary = people.school("secondary"), people.school("primary")
    head = people.at(secondary, "head")
    coming = people.seen_at(server.DATABASES["1"], "secondary").joining
    assert coming is not None
    joining = reverse("transitions:joining")
    listed, control = count(head, f"{joining}?sen=N")
    report.count("statements of a list with filters", listed, 12, note=f"and {control} of transactions")
    for role in ("senco", "dsl"):
        shown, control = count(people.at(secondary, role), reverse("transitions:child", args=[coming.pk]))
        report.count(
            f"statements of a child's page ({role})", shown, 14, note=f"and {control} of transactions"
        )
    numbers = []
    for rows in (10, 50, 100):
        with rows_a_page(rows):
            numbers.append(count(head, joining)[0])
    said = ", ".join(map(str, numbers))
    report.fact("statements at 10, 50 and 100 rows", "the same", said, len(set(numbers)) == 1)
    whole = sorted(set(whole_tables(secondary, primary)))
    report.fact("sequential scans of pupils or handovers", "none", "; ".join(whole) or "none", not whole)


@contextmanager
def rows_a_page(rows: int) -> Iterator[None]:
    boards.paginate = functools.partial(paginate, per_page=rows)
    try:
        yield
    finally:
        boards.paginate = paginate


def signed_in(user: User) -> Client:
    client = Client()
    name, _, key = people.cookie(user).partition("=")
    client.cookies[name] = key
    return client


def captured(user: User, path: str) -> list[str]:
    """The statements of one opening; the second one, so that what is remembered per process is."""
    client = signed_in(user)
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(path)
    assert answer.status_code == 200, f"{path} answered {answer.status_code}."
    return [each["sql"] for each in found.captured_queries]


def count(user: User, path: str) -> tuple[int, int]:
    """Statements, and beside them those that only open or close a transaction."""
    found = captured(user, path)
    control = sum(each.startswith(CONTROL) for each in found)
    return len(found) - control, control


def whole_tables(secondary: people.Organisation, primary: people.Organisation) -> Iterator[str]:
    """Each page and role in which PostgreSQL would read a table of children from end to end."""
    for who, path in asked_pages(secondary, primary):
        viewer = build_viewer(user_id=who.pk, mfa=True)
        statements = [
            sql for sql in captured(who, path) if sql.startswith("SELECT") and "set_config" not in sql
        ]
        with rls.context(rls.context_of(viewer)), connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}".replace("%", "%%"), [])
                plan = cursor.fetchone()[0]
                plan = json.loads(plan) if isinstance(plan, str) else plan
                for table in scanned(plan[0]["Plan"]):
                    if table in NEVER_WHOLE:
                        yield f"{table} in {path.split('?')[0]} as {who.email.split('.')[0] if who.email else ''}"


def scanned(plan: dict[str, object]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield str(plan["Relation Name"])
    for part in plan.get("Plans", []):  # type: ignore[attr-defined]
        yield from scanned(part)


def asked_pages(secondary: people.Organisation, primary: people.Organisation) -> Iterator[tuple[User, str]]:
    leaving, joining = reverse("transitions:leaving"), reverse("transitions:joining")
    for school in (secondary, primary):
        for role in ("head", "senco", "dsl", "school_office", "class_teacher"):
            who = people.at(school, role)
            yield from ((who, path) for path in (reverse("home"), leaving, joining, f"{leaving}?q=marsh"))
    seen = people.seen_at(server.DATABASES["1"], "primary")
    for role in ("head", "senco", "dsl"):
        yield people.at(primary, role), reverse("transitions:child", args=[seen.leaving.pk])
    yield people.at(primary, "senco"), reverse("transitions:class_notes")
    yield people.at(primary, "senco"), reverse("transitions:write_all", args=[seen.leaving.pk])
    yield people.at(primary, "senco"), reverse("imports:list")
    coordinator = User.objects.get(email="cora@wendleshire.example")
    yield coordinator, reverse("home")
    for path in (leaving, f"{leaving}?page=300", f"{leaving}?q=marsh", joining):
        yield people.wide(), path

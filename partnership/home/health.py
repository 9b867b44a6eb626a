"""`/livez` says the process answers; `/readyz` says whether it should be sent people. Both before session and access."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone

from partnership.access import rls
from partnership.outbox.models import Delivery, Job
from partnership.outbox.times import MailHours

LATE = timedelta(minutes=15)
FINE = "fine"
NO_STORE = {"Cache-Control": "no-store"}

# How many tables have policies, and which of them do not apply them.
POLICIES_SQL = """
SELECT count(DISTINCT c.oid), string_agg(DISTINCT c.relname::text, ', ') FILTER (WHERE NOT c.relrowsecurity)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
"""


class HealthMiddleware:
    """Answers the two health addresses itself: no session, no host check, no outer transaction, no I/O for `/livez`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/livez":
            return HttpResponse("alive\n", content_type="text/plain; charset=utf-8", headers=NO_STORE)
        if request.path == "/readyz":
            return readyz()
        return self.get_response(request)


def readyz() -> JsonResponse:
    """503 with the reason while people should not be sent here.

    Late messages are told but leave it at 200: taking the pages away would not send a mail."""
    try:
        found = checks(at=timezone.now())
    except DatabaseError as error:
        found = {"database": f"does not answer ({type(error).__name__})"}
    finally:
        if not connection.in_atomic_block:
            connection.close()  # no request_finished cleans up after a middleware that answers by itself
    ready = all(said == FINE for name, said in found.items() if name != "messages")
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503, headers=NO_STORE)


def checks(*, at: datetime) -> dict[str, str]:
    """Each thing that must hold, with 'fine' or what is wrong."""
    found = {"database": FINE, "migrations": migrations()}
    if found["migrations"] == FINE:
        found |= {
            "role": rls.serving_role_fault() or FINE,
            "policies": policies(),
            "messages": messages(at=at),
        }
    return found


def migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} not applied, first {waiting[0][0]}" if waiting else FINE


def policies() -> str:
    with connection.cursor() as cursor:
        cursor.execute(POLICIES_SQL)
        tables, idle = cursor.fetchone()
    if not tables:
        return "no table has row-level policies"
    return f"not applied on {idle}" if idle else FINE


def messages(*, at: datetime) -> str:
    with rls.widened(health="on"):
        oldest = oldest_due_at(at=at)
    if oldest is None or at - oldest < LATE:
        return FINE
    return f"late: the oldest was due {int((at - oldest).total_seconds() // 60)} minutes ago"


def oldest_due_at(*, at: datetime) -> datetime | None:
    """Since when the longest-waiting mail or job could have been taken up; none while nothing waits.

    This, and not a running process, is the sign that delivery works: a worker can be up and deaf (walls §3). Mail
    that keeps to working hours is counted from their opening."""
    hours = MailHours.from_settings()
    bound = Q(any_hour=False, letter_to__isnull=True)
    waiting = Delivery.objects.waiting(at=at)
    times = [
        _first(waiting.exclude(bound), "due_at"),
        _first(Delivery.objects.stuck(at=at), "lease_until"),
        _first(Job.objects.queued(), "created_at"),
        _first(Job.objects.stuck(at=at), "lease_until"),
    ]
    if hours.open_at(at) and (held := _first(waiting.filter(bound), "due_at")):
        opened = timezone.localtime(at).replace(hour=hours.opens.hour, minute=hours.opens.minute, second=0)
        times.append(held if hours.always else max(held, opened))
    return min((each for each in times if each is not None), default=None)


def _first(rows: QuerySet[Any], field: str) -> datetime | None:
    return rows.order_by(field).values_list(field, flat=True).first()

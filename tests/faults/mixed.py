"""Requests of several people, mixed, over a pool of two connections: `python -m tests.faults.mixed NUMBER SEED [leaky]`.

Who they are and which handovers each may see comes as JSON on standard input; on standard output goes how many requests
there were and how many saw something else. `leaky` sets the context for the session instead of the transaction, and
does not put it back: the control."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

THREADS = 4
Check = Callable[[], None]


def main(number: int, seed: int, *, leaky: bool) -> None:
    django.setup()
    from partnership.access import rls

    people = json.load(sys.stdin)
    prepare_viewers([each["user"] for each in people if each["user"]])
    if leaky:
        rls._set = forgetful(rls._set)  # type: ignore[assignment]
    done: Counter[str] = Counter()
    share = number // THREADS
    with ThreadPoolExecutor(THREADS) as threads:
        begun = [
            threads.submit(ask_many, people, share, random.Random(seed + place)) for place in range(THREADS)
        ]
        for each in begun:
            done.update(each.result())
    sys.stdout.write(json.dumps(done))


def prepare_viewers(users: list[str]) -> None:
    """Who somebody is does not change here and is worked out once; what follows from it is set at each request."""
    from partnership.access import rls
    from partnership.access.viewer import build_viewer

    known = {}
    for user in users:
        with rls.nobody():
            rls._set({"app.user": user})
            known[user] = build_viewer(user_id=user, mfa=True)  # type: ignore[arg-type]
    rls.build_viewer = lambda **facts: known[str(facts["user_id"])]


def forgetful(real: Callable[[Mapping[str, str]], None]) -> Callable[[Mapping[str, str]], None]:
    """Settings of the session, never reset to nobody's."""
    from django.db import connection

    def kept(values: Mapping[str, str]) -> None:
        stays = {name: value for name, value in values.items() if value not in ("", "{}", "none")}
        if not stays:
            return
        calls = ", ".join("set_config(%s, %s, false)" for _ in stays)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {calls}", [part for pair in stays.items() for part in pair])

    return kept


def ask_many(people: list[dict[str, Any]], number: int, chance: random.Random) -> Counter[str]:
    from django.core.handlers.exception import convert_exception_to_response
    from django.db import connection, transaction
    from django.http import HttpResponse

    from partnership.access.middleware import AccessMiddleware

    done: Counter[str] = Counter()
    for turn in range(number):
        person, fate = chance.choice(people), chance.choice(FATES)
        wrong: list[str] = []

        def check(person: dict[str, Any] = person, wrong: list[str] = wrong) -> None:
            if seen() != set(person["sees"]):
                wrong.append("reach")

        @transaction.atomic  # as ATOMIC_REQUESTS does
        def view(request: Any, fate: Any = fate, check: Check = check) -> HttpResponse:
            check()
            fate(check)
            return HttpResponse()

        answer: Any = convert_exception_to_response(view)
        try:
            AccessMiddleware(answer)(request_of(person["user"]))
        finally:
            connection.close()  # back to the pool, as at the end of every request
        if turn % 25 == 0 and between():
            wrong.append("between requests")
        done["requests"] += 1
        done["wrong"] += bool(wrong)
        done[fate.__name__] += 1
    return done


def request_of(user: str) -> Any:
    """As the session and authentication middleware leave it."""
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    from partnership.accounts.models import User

    request = RequestFactory().get("/")
    request.user = User(pk=user) if user else AnonymousUser()
    request.session = {}  # type: ignore[assignment]
    return request


def seen() -> set[str]:
    from transitions.models import Handover

    return {str(pk) for pk in Handover.objects.values_list("pk", flat=True)}


def between() -> bool:
    """Whether a connection from the pool still knows somebody."""
    from django.db import connection

    try:
        return bool(seen())
    finally:
        connection.close()


def goes_well(check: Check) -> None:
    check()


def is_missing(check: Check) -> None:
    from django.http import Http404

    raise Http404


def is_refused(check: Check) -> None:
    from django.core.exceptions import PermissionDenied

    raise PermissionDenied


def undoes_a_part(check: Check) -> None:
    from django.db import transaction

    with transaction.atomic():
        check()
        transaction.set_rollback(True)
    check()


def breaks_inside(check: Check) -> None:
    """An error of the database in a savepoint, which the view survives."""
    from django.db import DataError, connection, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / (SELECT 0)")
    except DataError:
        check()


def breaks(check: Check) -> None:
    from django.db import DataError, connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / (SELECT 0)")
    raise DataError


def runs_out_of_time(check: Check) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '1ms'")
        cursor.execute("SELECT pg_sleep(1)")


FATES = (
    goes_well, goes_well, goes_well, is_missing, is_refused, undoes_a_part, breaks_inside, breaks, runs_out_of_time,
)  # fmt: skip


if __name__ == "__main__":
    import logging

    logging.disable(logging.CRITICAL)
    main(int(sys.argv[1]), int(sys.argv[2]), leaky="leaky" in sys.argv)

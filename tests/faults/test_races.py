"""Two at once: each race is won by the lock, and each has its control, which fails when the lock is off."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from partnership.accounts.models import User
from partnership.outbox import claims as claiming
from partnership.outbox import collect as collecting
from partnership.outbox import reminders
from partnership.outbox import work as working
from partnership.outbox.enums import Urgency
from partnership.outbox.jobs import start_job
from partnership.outbox.models import Delivery, Message, MessageQuerySet
from partnership.outbox.notices import Notice, enqueue
from tests.faults.worker import KIND, SLOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services, pytest.mark.usefixtures("kinds")]

ROUNDS = 15


def both(act: Callable[[], Any], *, rounds: int = 1) -> list[Any]:
    """Two threads do the same at the same moment; what each round gave them."""
    found: list[Any] = []
    start = threading.Barrier(2, timeout=120)

    def run() -> None:
        try:
            for _ in range(rounds):
                start.wait()
                found.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    return found


def notices(user: User, number: int, *, urgency: Urgency) -> list[Notice]:
    return [Notice(f"{KIND}:{n}", KIND, user.pk, timezone.now(), urgency=urgency) for n in range(number)]


TOGETHER = 3


def claimed_by_two(user: User, *, skip_locked: bool) -> Counter[Any]:
    enqueue(*notices(user, ROUNDS * 2 * TOGETHER, urgency=Urgency.NOW))
    collecting.make_mail(at=timezone.now())
    at = timezone.now() + timedelta(minutes=1)
    batches = both(lambda: claiming.claim(at=at, limit=TOGETHER, skip_locked=skip_locked), rounds=ROUNDS)
    return Counter(claim.id for batch in batches for claim in batch)


def test_two_workers_never_take_the_same_mail(user: User) -> None:
    claimed = claimed_by_two(user, skip_locked=True)
    assert set(claimed.values()) == {1}
    assert len(claimed) == ROUNDS * 2 * TOGETHER


def test_control_without_the_lock_they_do(user: User) -> None:
    assert max(claimed_by_two(user, skip_locked=False).values()) == 2


@pytest.mark.parametrize("skip_locked", [True, False])
def test_two_workers_never_take_the_same_job(user: User, skip_locked: bool) -> None:
    """And the control: without the lock they do."""
    for _ in range(ROUNDS * 2):
        start_job(SLOW, by=user.pk, input={})
    at = timezone.now()
    runs = both(lambda: working.claim(at=at, skip_locked=skip_locked), rounds=ROUNDS)
    most = max(Counter(run.id for run in runs if run is not None).values())
    assert most == (1 if skip_locked else 2)


def test_two_beats_tell_and_mail_once(user: User) -> None:
    def generator(*, today: object) -> list[Notice]:
        return [
            Notice(f"tests.ticked:{n}", "tests.ticked", user.pk, timezone.now(), urgency=Urgency.NOW)
            for n in range(50)
        ]

    reminders.register("tests.ticked", render=reminders.kind_of(KIND).render, generator=generator)
    try:
        at = timezone.now() + timedelta(minutes=1)
        outcomes = both(lambda: collecting.collect(at=at), rounds=3)
    finally:
        reminders.unregister("tests.ticked")
    assert not any(outcome.failed for outcome in outcomes)
    assert Message.objects.filter(kind="tests.ticked").count() == 50
    assert Delivery.objects.count() == 50
    assert sum(outcome.mails for outcome in outcomes) == 50


def test_control_without_locks_two_beats_make_two_mails(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue(*notices(user, 20, urgency=Urgency.NOW))
    collecting.make_mail(at=timezone.now() - timedelta(minutes=1))  # planned, and not due yet
    together = threading.Barrier(2, timeout=120)

    def no_lock(name: str) -> bool:
        together.wait()
        return True

    monkeypatch.setattr(collecting, "try_lock", no_lock)
    monkeypatch.setattr(MessageQuerySet, "select_for_update", lambda self, **options: self)
    at = timezone.now() + timedelta(minutes=1)
    both(lambda: collecting.make_mail(at=at))
    assert Delivery.objects.count() == 40


def test_a_missed_tick_is_made_up_by_the_next(user: User) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    enqueue(Notice("late", KIND, user.pk, yesterday, urgency=Urgency.NOW))
    assert collecting.make_mail(at=timezone.now()) == 1

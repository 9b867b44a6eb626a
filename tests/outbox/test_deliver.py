from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any, ClassVar

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnership.accounts.models import User
from partnership.outbox import deliver as delivering
from partnership.outbox.claims import BATCH, LEASE, TRIES, claim, mark
from partnership.outbox.collect import make_mail
from partnership.outbox.deliver import ANSWERS, FRESH, deliver
from partnership.outbox.enums import DeliveryState
from partnership.outbox.letters import post_letter
from partnership.outbox.models import Delivery, Message
from partnership.outbox.notices import Notice, enqueue
from partnership.outbox.release import release, wipe_letters
from tests.factories.schools import UserFactory
from tests.outbox.conftest import CHILD, FRIDAY, SATURDAY, Bench

Make = Callable[..., Notice]
Clock = Callable[[], datetime]
pytestmark = pytest.mark.django_db


class BrokenServer(BaseEmailBackend):
    """A mail server that fails in the way a test asks for."""

    error: ClassVar[Exception] = SMTPServerDisconnected("gone")

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise self.error


@pytest.fixture
def broken_server(settings: Any) -> type[BrokenServer]:
    settings.OUTBOX_EMAIL_BACKEND = "tests.outbox.test_deliver.BrokenServer"
    BrokenServer.error = SMTPServerDisconnected("gone")
    return BrokenServer


class Server(BaseEmailBackend):
    """A mail server that takes its time by the test's own clock, or is not there; a test may act while it takes a mail."""

    now: ClassVar[datetime] = FRIDAY
    takes: ClassVar[timedelta] = timedelta()
    there: ClassVar[bool] = True
    meanwhile: ClassVar[Callable[[], None]] = staticmethod(lambda: None)
    opened: ClassVar[int] = 0
    received: ClassVar[list[str]] = []

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.is_open = False

    def open(self) -> bool:
        if not Server.there:
            raise ConnectionRefusedError("nobody there")
        Server.opened += not self.is_open
        self.is_open = True
        return True

    def close(self) -> None:
        self.is_open = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        Server.received += [mail.extra_headers["Message-ID"] for mail in email_messages]
        Server.now += Server.takes
        Server.meanwhile()
        return len(email_messages)


@pytest.fixture
def server(settings: Any) -> type[Server]:
    settings.OUTBOX_EMAIL_BACKEND = "tests.outbox.test_deliver.Server"
    Server.now, Server.takes, Server.there, Server.meanwhile = (
        FRIDAY,
        timedelta(),
        True,
        staticmethod(lambda: None),
    )
    Server.opened, Server.received = 0, []
    return Server


def later(minutes: float) -> Clock:
    return lambda: FRIDAY + timedelta(minutes=minutes)


def test_a_mail_names_the_reason_and_the_link_but_no_child(
    bench: Bench, notice: Make, user: User, clock: Clock, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    enqueue(notice(now=True))
    make_mail(at=FRIDAY)
    assert deliver(clock=clock).sent == 1
    mail = mailoutbox[0]
    message = Message.objects.get()
    assert mail.subject == "A handover waits for you"
    assert mail.to == [user.email]
    html = str(mail.alternatives[0][0])
    for text in (mail.body, html):
        assert f"/inbox/{message.pk}/" in text
        assert "Open the handover" in text
        assert CHILD not in text
    assert mail.extra_headers["Message-ID"].startswith(f"<{message.delivery_id}@")
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.sent_at, delivery.attempts) == (DeliveryState.SENT, clock(), 1)


def test_a_digest_is_one_mail(
    bench: Bench, notice: Make, clock: Clock, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    enqueue(notice(), notice(), notice())
    make_mail(at=FRIDAY)
    deliver(clock=clock)
    assert [mail.subject for mail in mailoutbox] == ["3 things wait for you"]
    assert mailoutbox[0].body.count("Open the handover") == 3


def test_the_recipient_is_asked_for_again_at_the_moment_of_sending(
    bench: Bench, notice: Make, user: User, clock: Clock, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    enqueue(notice("over", now=True), notice("so", now=True))
    make_mail(at=FRIDAY)
    bench.untrue.add("over")
    outcome = deliver(clock=clock)
    assert (outcome.sent, outcome.dropped, len(mailoutbox)) == (1, 1, 1)
    assert set(bench.seen_by) == {user.pk}
    assert Message.objects.get(key="over").dropped_reason == "No longer so"
    assert Message.objects.get(key="so").dropped_reason == ""


def test_a_digest_leaves_out_what_is_over(
    bench: Bench, notice: Make, clock: Clock, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    enqueue(notice("over"), notice("so"))
    make_mail(at=FRIDAY)
    bench.untrue.add("over")
    deliver(clock=clock)
    assert mailoutbox[0].subject == "A handover waits for you"


def test_one_faulty_message_does_not_hold_up_the_digest(
    bench: Bench, notice: Make, clock: Clock, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    enqueue(notice("bad"), notice("good"))
    make_mail(at=FRIDAY)
    bench.faulty.add("bad")
    outcome = deliver(clock=clock)
    assert (outcome.sent, outcome.failed, len(mailoutbox)) == (1, 1, 1)
    alone = Message.objects.get(key="bad").delivery
    assert alone is not None
    assert (alone.state, alone.last_error) == (DeliveryState.WAITING, "RuntimeError")


def test_a_poisoned_mail_is_parked_and_the_rest_goes_out(
    bench: Bench, notice: Make, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    enqueue(notice("bad", now=True), *(notice(now=True) for _ in range(5)))
    make_mail(at=FRIDAY)
    bench.faulty.add("bad")
    outcomes = [deliver(clock=later(minutes)) for minutes in (1, 3, 10, 40, 120, 400)]
    assert [outcome.failed for outcome in outcomes] == [1] * TRIES
    assert len(mailoutbox) == 5
    parked = Delivery.objects.get(state=DeliveryState.PARKED)
    assert parked.attempts == TRIES
    assert CHILD not in parked.last_error
    assert deliver(clock=later(2000)).failed == 0


def test_each_try_waits_longer_than_the_last(
    bench: Bench, notice: Make, broken_server: type[BrokenServer]
) -> None:
    enqueue(notice(now=True))
    make_mail(at=FRIDAY)
    deliver(clock=later(0))
    first = Delivery.objects.get()
    assert first.due_at == FRIDAY + timedelta(minutes=1)
    assert first.last_error == "SMTPServerDisconnected: gone"
    assert deliver(clock=later(0.5)).failed == 0
    deliver(clock=later(1))
    assert Delivery.objects.get().due_at == FRIDAY + timedelta(minutes=6)


def test_a_refused_address_is_parked_at_once(
    bench: Bench, notice: Make, broken_server: type[BrokenServer]
) -> None:
    broken_server.error = SMTPRecipientsRefused({"x@y.example": (550, b"no such mailbox")})
    enqueue(notice(now=True))
    make_mail(at=FRIDAY)
    deliver(clock=later(0))
    parked = Delivery.objects.get()
    assert parked.state == DeliveryState.PARKED
    assert "no such mailbox" in parked.last_error


def test_someone_who_left_before_it_went_out_gets_nothing(
    bench: Bench, notice: Make, user: User, clock: Clock, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    enqueue(notice(now=True))
    make_mail(at=FRIDAY)
    user.is_active = False
    user.save()
    assert deliver(clock=clock).dropped == 1
    assert mailoutbox == []


def test_a_second_try_waits_for_the_morning(bench: Bench, notice: Make) -> None:
    enqueue(notice(now=True))
    make_mail(at=FRIDAY)
    assert claim(at=FRIDAY.replace(hour=22)) == []
    assert len(claim(at=FRIDAY + timedelta(days=3))) == 1


def test_a_lease_that_ran_out_goes_back_and_keeps_its_message_id(
    bench: Bench, notice: Make, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    enqueue(notice(now=True))
    make_mail(at=FRIDAY)
    [held] = claim(at=FRIDAY)
    assert release(at=FRIDAY + timedelta(seconds=59)) == 0
    assert release(at=FRIDAY + timedelta(seconds=61)) == 1
    deliver(clock=later(2))
    assert mailoutbox[0].extra_headers["Message-ID"].startswith(f"<{held.id}@")
    assert Delivery.objects.get().attempts == 2


def test_a_mail_that_kills_its_worker_is_parked_in_the_end(bench: Bench, notice: Make) -> None:
    enqueue(notice(now=True))
    make_mail(at=FRIDAY)
    at = FRIDAY
    for _ in range(TRIES):
        assert len(claim(at=at)) == 1
        at += timedelta(seconds=61)
        release(at=at)
    assert Delivery.objects.get().state == DeliveryState.PARKED


def test_a_worker_that_outlived_its_lease_marks_nothing(bench: Bench, notice: Make) -> None:
    enqueue(notice(now=True))
    make_mail(at=FRIDAY)
    [first] = claim(at=FRIDAY)
    release(at=FRIDAY + timedelta(seconds=61))
    [second] = claim(at=FRIDAY + timedelta(seconds=62))
    mark(first, sent_at=FRIDAY + timedelta(seconds=63))
    assert Delivery.objects.get().lease == second.lease


def test_a_letter_goes_out_at_any_hour_and_its_text_is_wiped(
    db: None, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    post_letter(to="new@school.example", subject="Your\n invitation", text="Go to /x/secret", at=SATURDAY)
    assert deliver(clock=lambda: SATURDAY).sent == 1
    assert (mailoutbox[0].to, mailoutbox[0].subject) == (["new@school.example"], "Your invitation")
    assert Delivery.objects.get().letter is None


def test_a_parked_letter_loses_its_text_after_a_fortnight(
    db: None, broken_server: type[BrokenServer]
) -> None:
    broken_server.error = SMTPRecipientsRefused({})
    post_letter(to="new@school.example", subject="S", text="secret", at=SATURDAY)
    deliver(clock=lambda: SATURDAY)
    made = Delivery.objects.get().created_at
    assert wipe_letters(at=made + timedelta(days=13)) == 0
    assert wipe_letters(at=made + timedelta(days=15)) == 1
    assert Delivery.objects.get().letter is None


def test_nobody_else_s_messages_are_read_for_a_mail(bench: Bench, notice: Make, clock: Clock) -> None:
    """Were a delivery ever tied to another person's message, it would not be worded for the wrong one."""
    enqueue(notice(now=True))
    make_mail(at=FRIDAY)
    Message.objects.update(recipient=UserFactory.create())
    assert deliver(clock=clock).dropped == 1


def waiting_mails(notice: Make, number: int, **options: Any) -> None:
    enqueue(*(notice(now=True, **options) for _ in range(number)))
    make_mail(at=FRIDAY)


def test_a_mail_is_begun_only_while_its_lease_outlasts_every_answer(settings: Any) -> None:
    """Looked at when the round begins, which lasts FRESH, under a lease that is FRESH old at most."""
    assert 2 * FRESH + ANSWERS * timedelta(seconds=settings.EMAIL_TIMEOUT) <= LEASE


def what_a_slow_server_does(server: type[Server], notice: Make) -> tuple[int, int]:
    """Ten mails of nine seconds each, and while each is taken the clock ticks and a second worker looks for work: how many
    leases were freed and how often a mail was taken."""
    freed = []

    def tick() -> None:
        freed.append(release(at=server.now))

    waiting_mails(notice, 10)
    server.takes, server.meanwhile = timedelta(seconds=9), staticmethod(tick)
    deliver(clock=lambda: server.now)
    server.meanwhile = staticmethod(lambda: None)
    deliver(clock=lambda: server.now)
    return sum(freed), len(server.received)


def test_a_slow_batch_outlives_its_lease_and_is_sent_once(
    bench: Bench, notice: Make, server: type[Server]
) -> None:
    assert what_a_slow_server_does(server, notice) == (0, 10)
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.SENT, 1)}


def test_control_without_looking_after_the_lease_it_is_freed_and_sent_twice(
    bench: Bench, notice: Make, server: type[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "FRESH", timedelta(hours=1))
    freed, taken = what_a_slow_server_does(server, notice)
    assert freed > 0
    assert taken > 10


def test_a_worker_that_hung_sends_no_more_of_what_went_to_another(
    bench: Bench, notice: Make, server: type[Server]
) -> None:
    waiting_mails(notice, 5)

    def hang() -> None:
        server.meanwhile = staticmethod(lambda: None)
        server.now += timedelta(minutes=2)
        release(at=server.now)
        assert deliver(clock=lambda: server.now).sent == 5, "the other worker, one by one"

    server.meanwhile = staticmethod(hang)
    assert deliver(clock=lambda: server.now).sent == 1
    assert sorted(Counter(server.received).values()) == [1, 1, 1, 1, 2], "but the one in flight"


def test_in_a_slow_batch_the_recipient_is_asked_for_again(
    bench: Bench, notice: Make, server: type[Server]
) -> None:
    waiting_mails(notice, 3)
    server.takes = timedelta(seconds=9)
    server.meanwhile = staticmethod(
        lambda: bench.untrue.update(Message.objects.values_list("key", flat=True))
    )
    outcome = deliver(clock=lambda: server.now)
    assert (outcome.sent, outcome.dropped) == (1, 2)


def test_one_person_s_mails_are_worded_in_one_context_and_never_in_another_s(
    bench: Bench, notice: Make, user: User, server: type[Server]
) -> None:
    other = UserFactory.create()
    waiting_mails(notice, 4)
    waiting_mails(notice, 3, to=other)
    with CaptureQueriesContext(connection) as asked:
        assert deliver(clock=lambda: server.now).sent == 7
    assert Counter(bench.seen_by) == {user.pk: 4, other.pk: 3}
    assert sum('FROM "outbox_message"' in each["sql"] for each in asked) == 2
    assert server.opened == 1


def test_what_cannot_be_sent_for_want_of_a_server_is_not_tried(
    bench: Bench, notice: Make, server: type[Server]
) -> None:
    waiting_mails(notice, 3)
    server.there = False
    for _ in range(TRIES + 1):
        outcome = deliver(clock=lambda: server.now)
    assert (outcome.sent, outcome.failed) == (0, 0)
    waits = Delivery.objects.values_list("state", "attempts", "due_at", "last_error")
    assert set(waits) == {(DeliveryState.WAITING, 0, FRIDAY, "ConnectionRefusedError: nobody there")}
    server.there = True
    assert deliver(clock=lambda: server.now).sent == 3


def test_first_tries_travel_together_and_a_further_one_alone(bench: Bench, notice: Make) -> None:
    waiting_mails(notice, 5)
    suspect = Delivery.objects.order_by("due_at", "recipient_id", "id")[2]
    Delivery.objects.filter(pk=suspect.pk).update(attempts=1)
    batches = [claim(at=FRIDAY) for _ in range(4)]
    assert [len(batch) for batch in batches] == [2, 1, 2, 0]
    assert batches[1][0].id == suspect.pk


def test_a_batch_has_its_limit(bench: Bench, notice: Make) -> None:
    waiting_mails(notice, BATCH + 1)
    assert [len(claim(at=FRIDAY)) for _ in range(2)] == [BATCH, 1]

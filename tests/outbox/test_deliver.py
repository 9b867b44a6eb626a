from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any, ClassVar

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from partnership.accounts.models import User
from partnership.outbox.claims import TRIES, claim, mark
from partnership.outbox.collect import make_mail
from partnership.outbox.deliver import deliver
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

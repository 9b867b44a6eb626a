from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from partnership.accounts.models import User
from partnership.outbox import reminders
from partnership.outbox.collect import collect, make_mail
from partnership.outbox.enums import DeliveryState
from partnership.outbox.models import Delivery, Message
from partnership.outbox.notices import Notice, enqueue
from tests.factories.schools import UserFactory
from tests.outbox.conftest import FRIDAY, SATURDAY, Bench

Make = Callable[..., Notice]
pytestmark = pytest.mark.django_db

GENERATED = "tests.generated"


@pytest.fixture
def generated(bench: Bench) -> Iterator[list[Notice]]:
    """What a generator yields; the test fills it."""
    found: list[Notice] = []
    days: list[date] = []

    def generator(*, today: date) -> list[Notice]:
        days.append(today)
        return list(found)

    reminders.register(GENERATED, render=bench.render, generator=generator, complete=True)
    yield found
    reminders.unregister(GENERATED)


def of_kind(notice: Notice, kind: str) -> Notice:
    return Notice(
        key=notice.key,
        kind=kind,
        recipient_id=notice.recipient_id,
        due_at=notice.due_at,
        urgency=notice.urgency,
    )


def test_what_is_due_becomes_one_message_however_often_the_clock_ticks(
    generated: list[Notice], notice: Make
) -> None:
    generated.append(of_kind(notice("a"), GENERATED))
    assert collect(at=FRIDAY).notices == 1
    collect(at=FRIDAY + timedelta(minutes=5))
    assert Message.objects.filter(kind=GENERATED).count() == 1


def test_what_no_longer_holds_leaves_the_inbox(generated: list[Notice], notice: Make) -> None:
    generated.append(of_kind(notice("a"), GENERATED))
    collect(at=FRIDAY)
    generated.clear()
    collect(at=FRIDAY + timedelta(hours=1))
    assert Message.objects.get(key="a").dropped_reason == "Not due any more"


def test_what_holds_again_comes_back_and_is_not_mailed_twice(generated: list[Notice], notice: Make) -> None:
    mailed, unmailed = of_kind(notice("a", now=True), GENERATED), of_kind(notice("b"), GENERATED)
    generated.append(mailed)
    collect(at=FRIDAY)
    generated[:] = [unmailed]
    collect(at=SATURDAY)
    generated[:] = []
    collect(at=SATURDAY)
    generated[:] = [mailed, unmailed]
    assert collect(at=FRIDAY + timedelta(days=7)).mails == 1
    assert set(Message.objects.values_list("key", "dropped_reason")) == {("a", ""), ("b", "")}
    assert Delivery.objects.filter(messages__key="a").count() == 1


def test_what_its_recipient_may_not_know_stays_away(generated: list[Notice], notice: Make) -> None:
    generated.append(of_kind(notice("a"), GENERATED))
    collect(at=FRIDAY)
    Message.objects.update(dropped_reason="No longer so")
    collect(at=FRIDAY + timedelta(hours=1))
    assert Message.objects.get(key="a").dropped_reason == "No longer so"


def test_one_faulty_generator_silences_no_other(generated: list[Notice], notice: Make) -> None:
    def broken(*, today: date) -> list[Notice]:
        raise RuntimeError("broken rule")

    reminders.register("tests.a_broken", render=Bench().render, generator=broken)
    try:
        generated.append(of_kind(notice("a"), GENERATED))
        outcome = collect(at=FRIDAY)
    finally:
        reminders.unregister("tests.a_broken")
    assert outcome.failed == ["tests.a_broken"]
    assert Message.objects.filter(key="a").exists()


def test_a_generator_may_not_speak_for_another(generated: list[Notice], notice: Make) -> None:
    generated.append(notice("a"))
    assert collect(at=FRIDAY).failed == [GENERATED]
    assert not Message.objects.filter(key="a").exists()


def test_urgent_messages_get_a_mail_each_and_the_rest_one_digest(bench: Bench, notice: Make) -> None:
    enqueue(notice(now=True), notice(now=True), notice(), notice(), notice())
    assert make_mail(at=FRIDAY) == 3
    assert sorted(d.messages.count() for d in Delivery.objects.all()) == [1, 1, 3]
    assert make_mail(at=FRIDAY) == 0


def test_a_later_message_joins_the_digest_until_it_has_gone(bench: Bench, notice: Make) -> None:
    enqueue(notice())
    make_mail(at=FRIDAY)
    enqueue(notice())
    make_mail(at=FRIDAY)
    assert Delivery.objects.get().messages.count() == 2
    Delivery.objects.update(state=DeliveryState.SENT, sent_at=FRIDAY)
    enqueue(notice("late"))
    for later in (timedelta(hours=1), timedelta(days=3), timedelta(days=6)):
        assert make_mail(at=FRIDAY + later) == 0
    next_friday = FRIDAY + timedelta(days=7)
    assert make_mail(at=next_friday) == 1
    late = Message.objects.get(key="late").delivery
    assert late is not None
    assert late.day == next_friday.date()


@pytest.mark.parametrize(
    "at", [SATURDAY, FRIDAY.replace(hour=6), FRIDAY.replace(hour=18)], ids=["Saturday", "early", "evening"]
)
def test_nothing_goes_out_outside_working_hours(bench: Bench, notice: Make, at: Any) -> None:
    enqueue(notice(now=True), notice())
    assert make_mail(at=at) == 0
    assert sum(make_mail(at=FRIDAY + timedelta(days=later)) for later in (3, 7)) == 2


def test_cancellations_go_out_at_any_hour(bench: Bench, user: User) -> None:
    reminders.register("tests.cancelled", render=bench.render, any_hour=True)
    try:
        from partnership.outbox.enums import Urgency

        enqueue(Notice("c", "tests.cancelled", user.pk, FRIDAY, urgency=Urgency.NOW))
        assert make_mail(at=SATURDAY) == 1
    finally:
        reminders.unregister("tests.cancelled")
    assert Delivery.objects.get().any_hour


def test_without_an_address_the_inbox_alone_tells(bench: Bench, notice: Make) -> None:
    without, left = UserFactory(email=None), UserFactory(is_active=False)
    enqueue(notice(to=without), notice(to=left, now=True))
    assert make_mail(at=FRIDAY) == 0
    assert not Message.objects.filter(needs_mail=True).exists()
    assert Message.objects.count() == 2


def test_what_was_read_in_the_page_is_not_mailed(bench: Bench, notice: Make) -> None:
    enqueue(notice(now=True))
    Message.objects.update(read_at=FRIDAY)
    assert make_mail(at=FRIDAY) == 0


def test_what_is_not_due_yet_waits(bench: Bench, notice: Make) -> None:
    enqueue(notice(due_at=FRIDAY + timedelta(days=3), now=True))
    assert make_mail(at=FRIDAY) == 0


@pytest.mark.parametrize("hours", ["always", ("00:00", "05:00")])
def test_the_hours_are_data(bench: Bench, notice: Make, settings: Any, hours: object) -> None:
    settings.OUTBOX_MAIL_HOURS = hours
    enqueue(notice(now=True, due_at=FRIDAY.replace(hour=3)))
    at = SATURDAY if hours == "always" else FRIDAY.replace(hour=4)
    assert make_mail(at=at) == 1


def nobody_works(*, at: datetime, people: object) -> list[object]:
    return []


def test_the_feature_that_knows_terms_decides_who_works(bench: Bench, notice: Make, settings: Any) -> None:
    settings.OUTBOX_WORKING_FOR = "tests.outbox.test_collect.nobody_works"
    enqueue(notice(now=True))
    assert make_mail(at=FRIDAY) == 0

"""How messages read: true when shown, named only to those who may know, never a name in mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from partnership.access.viewer import build_viewer
from partnership.accounts.models import User
from partnership.outbox import reminders
from partnership.outbox.collect import collect
from partnership.outbox.deliver import deliver
from partnership.outbox.enums import Urgency
from partnership.outbox.models import Message
from partnership.outbox.notices import Notice, enqueue
from partnership.outbox.wording import Worded, word
from tests.cast import Cast, Road, SignIn
from tests.factories.transitions import NOW
from transitions.models import Handover, Transition

Read = Callable[..., Worded]
FRIDAY = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_to(at: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at)

    set_to(FRIDAY)
    return set_to


@pytest.fixture
def read() -> Read:
    """A message as one person reads it."""

    def reads(message: Message, user: User, *, mfa: bool = True) -> Worded:
        return word([message], build_viewer(user_id=user.pk, mfa=mfa))[0]

    return reads


@pytest.fixture
def reminder(cast: Cast, shared_road: Road, clock: Callable[[datetime], None], settings: Any) -> Message:
    """The receiving SENCO's reminder that the handover waits to be read, on the day of the digest."""
    settings.OUTBOX_DIGEST = (5, "09:30")
    collect(at=FRIDAY)
    return Message.objects.get(kind="transitions.receive_due", recipient=cast.next_senco)


def test_the_page_names_the_child_to_those_who_may_know(cast: Cast, reminder: Message, read: Read) -> None:
    found = read(reminder, cast.next_senco).rendered
    assert found is not None
    assert found.line == (
        "Robin Marsh (Millbrook Junior School to Northfield School) has a handover nobody here has received. "
        "It is due today."
    )
    assert "Robin" not in found.subject


def test_without_a_second_factor_no_child_is_named(cast: Cast, reminder: Message, read: Read) -> None:
    found = read(reminder, cast.next_senco, mfa=False).rendered
    assert found is not None
    assert "Robin" not in found.line


def test_it_is_over_once_somebody_has_acted_or_may_not_know(
    cast: Cast, reminder: Message, shared_road: Road, read: Read
) -> None:
    assert read(reminder, cast.stranger_senco).over
    Handover.objects.filter(pk=shared_road.handover.pk).update(received_at=FRIDAY)
    assert read(reminder, cast.next_senco).over


def test_it_is_over_when_the_child_goes_elsewhere(
    cast: Cast, reminder: Message, shared_road: Road, read: Read
) -> None:
    Transition.objects.filter(pk=shared_road.move.pk).update(
        to_school=cast.other_junior, seen_by=cast.other_junior.pk
    )
    assert read(reminder, cast.next_senco).over


def test_the_next_tick_drops_what_is_done(cast: Cast, reminder: Message, shared_road: Road) -> None:
    Handover.objects.filter(pk=shared_road.handover.pk).update(received_at=FRIDAY)
    collect(at=FRIDAY + timedelta(minutes=5))
    reminder.refresh_from_db()
    assert reminder.dropped_reason


def test_the_heads_own_says_whose_move_it_is(
    cast: Cast, shared_road: Road, clock: Callable[[datetime], None], read: Read
) -> None:
    week_later = FRIDAY + timedelta(days=7)
    clock(week_later)
    collect(at=week_later)
    found = read(
        Message.objects.get(recipient=cast.next_head, kind="transitions.receive_due"), cast.next_head
    )
    assert found.rendered is not None
    assert found.rendered.subject == "Late in your school: a shared handover waits to be read"
    assert "It was due Friday 27 November. It is the move of your SENCO." in found.rendered.line


def test_mail_names_no_child(cast: Cast, reminder: Message) -> None:
    deliver(clock=lambda: FRIDAY)
    sent = [each for each in mail.outbox if cast.next_senco.email in each.to]
    assert len(sent) == 1
    whole = sent[0].message().as_string()
    assert "Robin" not in whole
    assert "Marsh" not in whole
    assert "A shared handover waits to be read" in sent[0].body


EVENTS = {
    "handover_shared": ("next_senco", "Millbrook Junior School has shared the handover of Robin Marsh."),
    "handover_amended": ("next_senco", "Millbrook Junior School has changed something"),
    "handover_received": ("senco", "Northfield School has read the handover of Robin Marsh."),
}


@pytest.mark.parametrize("event", EVENTS)
def test_news_of_a_handover(
    cast: Cast, shared_road: Road, clock: Callable[[datetime], None], read: Read, event: str
) -> None:
    who, line = EVENTS[event]
    user = getattr(cast, who)
    notice = Notice(
        key=event,
        kind=f"transitions.{event}",
        recipient_id=user.pk,
        facts={"subject": shared_road.handover.pk, "organisation": cast.junior.pk},
        due_at=NOW,
        urgency=Urgency.NOW,
    )
    enqueue(notice)
    found = read(Message.objects.get(key=event), user).rendered
    assert found is not None
    assert line in found.line
    assert "Robin" not in found.subject
    Handover.objects.update(received_at=NOW)
    assert read(Message.objects.get(key=event), user).over is (event != "handover_received")
    Handover.objects.update(state="withdrawn")
    assert read(Message.objects.get(key=event), user).over


def test_every_message_the_acts_send_is_known() -> None:
    for kind in (
        "handover_shared", "handover_amended", "handover_withdrawn", "handover_received", "handover_met",
        "handover_accepted", "handover_settled", "destination_changed", "conversation_planned", "conversation_cancelled",
        "places_listed",
    ):  # fmt: skip
        assert reminders.kind_of(f"transitions.{kind}")


def test_a_former_next_school_learns_no_name(
    cast: Cast, shared_road: Road, clock: Callable[[datetime], None], read: Read
) -> None:
    enqueue(
        Notice(
            key="gone",
            kind="transitions.destination_changed",
            recipient_id=cast.next_senco.pk,
            facts={"subject": shared_road.move.pk},
            due_at=NOW,
        )
    )
    found = read(Message.objects.get(key="gone"), cast.next_senco).rendered
    assert found is not None
    assert "Robin" not in found.line + found.subject
    assert "Destroy what was printed" in found.line


def test_the_inbox_shows_it(cast: Cast, reminder: Message, sign_in: SignIn) -> None:
    html = sign_in(cast.next_senco).get("/inbox/").content.decode()
    assert "A shared handover waits to be read" in html
    assert "Robin Marsh" in html


def test_days_before_are_told_apart(cast: Cast, reminder: Message) -> None:
    assert reminder.facts["due"] == date(2026, 11, 27).isoformat()
